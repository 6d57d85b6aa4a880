// In: an artifact's bytes. Out: what the host needs of it: its hash, its policy's name, the slots to fill, the texts of rules.
// Never decides and never trusts: it throws a RangeError or TypeError for bytes that are no artifact, and `load` answers that.

import {
  EFFECT_TRANSFORM,
  ELEMENT_TEST_DICTIONARY,
  PARTITION_AUTOMATON,
  VIEW_ENUM,
  VIEW_LIST_BOOL,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
  VIEW_LIST_INT,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_SIZE,
  VIEW_SIZE_OF_LIST,
  VIEW_SIZE_OF_OBJECT,
  VIEW_SIZE_OF_STRING,
  VIEW_STRING,
  VIEW_TREE,
  VIEW_TYPE,
} from '../wasm-core/contract/codes.ts';
import * as layout from '../wasm-core/contract/layout.ts';
import { MAX_SLOTS } from '../wasm-core/contract/limits.ts';
import * as fields from '../wasm-core/contract/metadata.ts';
import { type FlatTable, rootTable } from './fb.ts';
import type { Form } from './forms.ts';
import { Needs } from './needs.ts';
import { readTransforms } from './operations.ts';
import { Cook } from './recipe.ts';
import { readViews } from './residual-views.ts';
import type { Slot } from './slots.ts';
import type { Transform } from './transform.ts';
import type { Root } from './types.ts';
import { type Words, words } from './words.ts';

/** What people wrote about one rule. `effect` is an EFFECT_* code. */
export interface RuleText {
  readonly id: string;
  /** `[id]`, frozen, shared by all verdicts of this rule alone; likewise `adviceList`. */
  readonly ids: readonly string[];
  readonly adviceList: readonly string[];
  readonly effect: number;
  readonly reason: string | null;
  readonly advice: string | null;
  readonly approvers: readonly string[];
  readonly transforms: readonly Transform[];
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export interface ArtifactContents {
  /** SHA-256, lower-case hex. */
  readonly hash: string;
  readonly name: string;
  readonly version: string;
  /** Two u32 of the layout hash. */
  readonly layoutLow: number;
  readonly layoutHigh: number;
  /** Only the full core decides it. */
  readonly needsTerms: boolean;
  readonly slots: readonly Slot[];
  readonly needs: Needs | null;
  /** Made when first asked for. */
  readonly cook: () => Cook;
  readonly ruleCount: number;
  /** What a Cedar artifact says of its schema (FORMAT.md 1.4); null: not of Cedar policies. */
  readonly cedar: string | null;
  /** Texts of one rule, decoded when first asked for. */
  rule(index: number): RuleText;
}

/** @throws RangeError or TypeError if the bytes are not an artifact */
export function readArtifact(bytes: Uint8Array): ArtifactContents {
  const root = rootTable(bytes, layout.ARTIFACT_IDENTIFIER);
  const header = words(root, layout.HEADER_FIELD, layout.HEADER_SIZE);
  if (header.length !== 1) throw new RangeError('not one header');
  const metadata = root.table(layout.METADATA_FIELD);
  if (metadata === null || metadata.u32(fields.METADATA_FORMAT_FIELD) !== fields.METADATA_FORMAT_VERSION) {
    throw new RangeError('metadata of another version');
  }
  const rules = metadata.lazyTables(fields.METADATA_RULES_FIELD);
  const effects = words(root, layout.RULE_SECTION, layout.RULE_SIZE);
  if (rules.length !== effects.length) throw new RangeError('rules without texts');
  const slots = readSlots(root, metadata);
  let cook: Cook | null = null;
  const decoded: (RuleText | undefined)[] = [];
  return {
    hash: statedHash(root),
    name: metadata.text(fields.METADATA_POLICY_NAME_FIELD) ?? '',
    version: metadata.text(fields.METADATA_POLICY_VERSION_FIELD) ?? '',
    layoutLow: header.u32(0, layout.HEADER_LAYOUT_LO),
    layoutHigh: header.u32(0, layout.HEADER_LAYOUT_HI),
    needsTerms: (header.u32(0, layout.HEADER_FLAGS) & layout.FLAG_NEEDS_TERMS) !== 0,
    slots,
    needs: new Needs(root),
    cook: () => (cook ??= new Cook(root, slots)),
    ruleCount: rules.length,
    cedar: metadata.text(fields.METADATA_CEDAR_FIELD),
    rule: (index) => (decoded[index] ??= readRule(rules.at(index), effects.u32(index, layout.RULE_EFFECT))),
  };
}

function readRule(table: FlatTable, effect: number): RuleText {
  const id = table.text(fields.RULE_METADATA_ID_FIELD) ?? '';
  const transforms = readTransforms(id, table.tables(fields.RULE_METADATA_OPERATIONS_FIELD));
  if ((effect === EFFECT_TRANSFORM) !== transforms.length > 0) throw new RangeError('a transform without operations');
  const advice = table.text(fields.RULE_METADATA_ADVICE_FIELD);
  return {
    id,
    ids: Object.freeze([id]),
    adviceList: Object.freeze(advice === null ? [] : [advice]),
    effect,
    reason: table.text(fields.RULE_METADATA_REASON_FIELD),
    advice,
    approvers: Object.freeze(table.texts(fields.RULE_METADATA_APPROVERS_FIELD)),
    transforms,
    path: table.text(fields.RULE_METADATA_PATH_FIELD) ?? '',
    line: table.u32(fields.RULE_METADATA_LINE_FIELD),
    column: table.u32(fields.RULE_METADATA_COLUMN_FIELD),
  };
}

/**
 * What the artifact says is its SHA-256 (contract/layout.ts HASH_FIELD). Read, not recomputed: it names the artifact in verdicts;
 * that the bytes are the right ones is for whoever signs and transports them to show.
 */
function statedHash(root: FlatTable): string {
  const hash = root.bytes(layout.HASH_FIELD);
  if (hash === null || hash.length !== 32) throw new RangeError('no hash');
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const ROOTS: Readonly<Record<number, Root>> = {
  [fields.ROOT_TOOL]: 'tool',
  [fields.ROOT_PRINCIPAL]: 'principal',
  [fields.ROOT_ARGS]: 'args',
  [fields.ROOT_CONTEXT]: 'context',
  [fields.ROOT_RESULT]: 'result',
  [fields.ROOT_MESSAGE]: 'message',
  [fields.ROOT_OUTPUT]: 'output',
};

const FORMS: Readonly<Record<number, Form | null>> = {
  [fields.FORM_PLAIN]: null,
  [fields.FORM_TEXT]: 'text',
  [fields.FORM_NUMBER]: 'number',
  [fields.FORM_MEMBERS]: 'members',
};

function readSlots(root: FlatTable, metadata: FlatTable): Slot[] {
  const views = words(root, layout.VIEW_SECTION, layout.VIEW_SIZE_BYTES);
  const keys = words(root, layout.SLOT_SECTION, layout.SLOT_SIZE);
  const texts = metadata.tables(fields.METADATA_SLOTS_FIELD);
  if (texts.length !== keys.length || keys.length === 0 || keys.length > MAX_SLOTS + 1)
    throw new RangeError('slots without paths');

  const viewsOfSlot = texts.map((): number[] => []);
  for (let view = 0; view < views.length; view += 1) {
    const slot = viewsOfSlot[views.u32(view, layout.VIEW_SLOT)];
    if (slot === undefined) throw new RangeError('a view of no slot');
    slot.push(view);
  }
  const textual = textualViews(root);
  return texts.map((table, index) => {
    const rootName = ROOTS[table.u8(fields.SLOT_METADATA_ROOT_FIELD)];
    const segments = table.texts(fields.SLOT_METADATA_SEGMENTS_FIELD);
    const mayBeWhole = rootName === 'result' || rootName === 'message' || rootName === 'output';
    const form = FORMS[table.u8(fields.SLOT_METADATA_FORM_FIELD)];
    if (
      rootName === undefined ||
      form === undefined ||
      (rootName === 'tool') !== (index === 0) ||
      (index === 0 ? segments.length > 0 : segments.length === 0 && !mayBeWhole)
    ) {
      throw new RangeError('a slot without a path');
    }
    const own = viewsOfSlot[index] ?? [];
    const kinds = own.map((view) => views.u32(view, layout.VIEW_KIND));
    // Neither a presence view nor a type view asks anything of the text, so an entry serves them too.
    const [only, second] = own.filter((_, i) => kinds[i] !== VIEW_PRESENCE && kinds[i] !== VIEW_TYPE);
    const onlyKind = only === undefined ? -1 : views.u32(only, layout.VIEW_KIND);
    const isVocabulary = second === undefined && (onlyKind === VIEW_STRING || onlyKind === VIEW_ENUM);
    return {
      index,
      text: table.text(fields.SLOT_METADATA_TEXT_FIELD) ?? '',
      keyLow: keys.u32(index, layout.SLOT_KEY_LO),
      keyHigh: keys.u32(index, layout.SLOT_KEY_HI),
      root: rootName,
      segments,
      form,
      wantsText: kinds.some((kind) => TEXT_VIEWS.has(kind) || SIZE_VIEWS.has(kind)),
      wantsList: kinds.some((kind) => LIST_VIEWS.has(kind)),
      wantsSize: kinds.some((kind) => SIZE_VIEWS.has(kind)),
      wantsTree: kinds.includes(VIEW_TREE),
      wantsType: kinds.includes(VIEW_TYPE),
      entries: isVocabulary && only !== undefined ? readDictionary(root, views, only) : null,
      closed: only !== undefined && !textual.has(only),
      members:
        only !== undefined && second === undefined && onlyKind === VIEW_LIST_STRING && !textual.has(only)
          ? new Set(readDictionary(root, views, only).keys())
          : null,
    };
  });
}

const TEXT_VIEWS: ReadonlySet<number> = new Set([VIEW_STRING, VIEW_ENUM, VIEW_TREE]);

const SIZE_VIEWS: ReadonlySet<number> = new Set([
  VIEW_SIZE,
  VIEW_SIZE_OF_STRING,
  VIEW_SIZE_OF_LIST,
  VIEW_SIZE_OF_OBJECT,
]);

const LIST_VIEWS: ReadonlySet<number> = new Set([
  VIEW_LIST_STRING,
  VIEW_LIST_ENUM,
  VIEW_LIST_BOOL,
  VIEW_LIST_INT,
  VIEW_LIST_DOUBLE,
]);

/** Views whose text is looked at where the dictionary has no entry: by an automaton, by a residual. */
function textualViews(root: FlatTable): ReadonlySet<number> {
  const views = new Set<number>();
  const partitions = words(root, layout.PARTITION_SECTION, layout.PARTITION_SIZE);
  for (let i = 0; i < partitions.length; i += 1) {
    if (partitions.u32(i, layout.PARTITION_KIND) === PARTITION_AUTOMATON) {
      views.add(partitions.u32(i, layout.PARTITION_VIEW));
    }
  }
  const records = words(root, layout.VIEW_SECTION, layout.VIEW_SIZE_BYTES);
  const tests = words(root, layout.ELEMENT_TEST_SECTION, layout.ELEMENT_TEST_SIZE);
  for (let view = 0; view < records.length; view += 1) {
    const first = records.u32(view, layout.VIEW_TEST_FIRST);
    for (let test = first; test < first + records.u32(view, layout.VIEW_TEST_COUNT); test += 1) {
      if (tests.u32(test, layout.ELEMENT_TEST_KIND) !== ELEMENT_TEST_DICTIONARY) views.add(view);
    }
  }
  const code = words(root, layout.CODE_SECTION, 4);
  const bits = words(root, layout.BIT_SECTION, layout.BIT_SIZE);
  const seen = new Set<number>();
  // Most policies have no residual code, and many bits.
  for (let i = 0; i < bits.length && code.length > 0; i += 1) {
    const first = bits.u32(i, layout.BIT_CODE);
    if (first === 0 || seen.has(first)) continue;
    seen.add(first);
    readViews(code, first - 1, bits.u32(i, layout.BIT_CODE_WORDS), views);
  }
  return views;
}

function readDictionary(root: FlatTable, views: Words, view: number): Map<string, number> {
  const entries = words(root, layout.ENTRY_SECTION, layout.ENTRY_SIZE);
  const pool = root.bytes(layout.BYTE_SECTION) ?? new Uint8Array(0);
  const first = views.u32(view, layout.VIEW_ENTRY_FIRST);
  const count = views.u32(view, layout.VIEW_ENTRY_COUNT);
  const ends = new Uint32Array(count * 2);
  let from = pool.length;
  let to = 0;
  for (let i = 0; i < count; i += 1) {
    const start = entries.u32(first + i, layout.ENTRY_TEXT);
    const size = entries.u32(first + i, layout.ENTRY_LENGTH);
    if (start > pool.length || size > pool.length - start) throw new RangeError('a text ends outside the pool');
    ends[i * 2] = start;
    ends[i * 2 + 1] = start + size;
    if (start < from) from = start;
    if (start + size > to) to = start + size;
  }
  const whole = asciiText(pool.subarray(from, Math.max(from, to)));
  const dictionary = new Map<string, number>();
  for (let i = 0; i < count; i += 1) {
    const start = ends[i * 2] ?? 0;
    const end = ends[i * 2 + 1] ?? 0;
    const text = whole === null ? strictUtf8.decode(pool.subarray(start, end)) : whole.slice(start - from, end - from);
    dictionary.set(text, i);
  }
  return dictionary;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Texts of a dictionary mostly lie together; beyond this much around them they are decoded one by one. */
const MOST_AT_ONCE = 1 << 16;

/** Bytes as a text, if each is a character: decoding at once is many times faster than text by text. */
function asciiText(bytes: Uint8Array): string | null {
  if (bytes.length > MOST_AT_ONCE) return null;
  try {
    const text = strictUtf8.decode(bytes);
    return text.length === bytes.length ? text : null;
  } catch {
    return null; // other data between the texts
  }
}
