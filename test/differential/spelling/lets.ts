// In: the policies of a set as trees. Out: the same policies with constants and conditions named by lets, lets of lets among them, and with
// lets, attributes and catalogues said in imported files (LANGUAGE.md 2.5, 12.1). What a name stands for is meant where it stands, so the
// meaning is the same.

import { TOKEN } from './cel.ts';
import type { Forms } from './forms.ts';
import { type Tree, textTree } from './tree.ts';

type Entry = readonly [string, Tree];
type Map = Extract<Tree, { readonly kind: 'map' }>;

export interface NamedTree {
  readonly path: string;
  readonly tree: Tree;
}

export function withLets(forms: Forms, policies: readonly NamedTree[]): NamedTree[] {
  return policies.flatMap(({ path, tree }) => {
    const hasRules = tree.kind === 'map' && tree.entries.some(([key]) => key === 'rules');
    return tree.kind === 'map' && hasRules ? new Spreader(forms, path).spread(tree) : [{ path, tree }];
  });
}

class Spreader {
  readonly #forms: Forms;
  readonly #path: string;
  readonly #stem: string;
  readonly #constants: Entry[] = [];
  readonly #conditions: Entry[] = [];

  constructor(forms: Forms, path: string) {
    this.#forms = forms;
    this.#path = path;
    this.#stem = path.replace('.policy.yaml', '');
  }

  spread(policy: Map): NamedTree[] {
    const named = policy.entries.map(([key, value]): Entry => [key, key === 'rules' ? this.#rules(value) : value]);
    const before = takeOut(named, 'lets');
    const own: Entry[] = before?.kind === 'map' ? [...before.entries] : [];
    const files: NamedTree[] = [];
    const shared: Entry[] = [];
    if (this.#constants.length > 0 && this.#forms.takes('lets in an import', 0.4)) {
      const name = `${this.#stem}-constants`;
      files.push(file(name, [['lets', map(this.#constants)]]));
      shared.push(['import', textTree(`${name}.policy.yaml`)]);
    } else own.push(...this.#constants);
    // What the conditions name comes first; another file does not see this one's lets.
    const mayMove = this.#conditions.length > 0 && shared.length > 0 && !this.#conditions.some(namesAnyOf(own));
    if (mayMove && this.#forms.takes('import of an import', 0.4)) {
      const name = `${this.#stem}-conditions`;
      files.push(file(name, [...shared.splice(0), ['lets', map(this.#conditions)]]));
      shared.push(['import', textTree(`${name}.policy.yaml`)]);
    } else own.push(...this.#conditions);
    this.#move(named, 'attributes', 'attributes in an import', files, shared);
    this.#move(named, 'tools', 'catalogue in an import', files, shared);
    if (own.length > 0) named.push(['lets', map(own)]);
    const imports = [takeOut(named, 'import'), ...shared.map(([, value]) => value)].filter((one) => one !== undefined);
    if (imports.length > 1) this.#forms.takes('several imports', 1);
    const [only] = imports;
    if (only !== undefined) named.push(['import', imports.length === 1 ? only : { kind: 'list', items: imports }]);
    return [{ path: this.#path, tree: map(named) }, ...files];
  }

  /** Into a file of its own; of attributes only some. */
  #move(entries: Entry[], key: string, form: string, files: NamedTree[], shared: Entry[]): void {
    const at = entries.findIndex(([name]) => name === key);
    const found = entries[at]?.[1];
    if (found === undefined || !this.#forms.takes(form, 0.15)) return;
    const name = `${this.#stem}-${key}`;
    const members = found.kind === 'map' ? found.entries : [];
    const there = members.filter(() => this.#forms.random.chance(0.5));
    if (found.kind === 'map' && there.length === 0) return;
    files.push(file(name, [[key, found.kind === 'map' ? map(there) : found]]));
    const here = members.filter((member) => !there.includes(member));
    if (here.length === 0) entries.splice(at, 1);
    else entries[at] = [key, map(here)];
    shared.push(['import', textTree(`${name}.policy.yaml`)]);
  }

  #rules(rules: Tree): Tree {
    if (rules.kind !== 'list') return rules;
    const items = rules.items.map((rule): Tree => {
      if (rule.kind !== 'map') return rule;
      return map(
        rule.entries.map(([key, value]) =>
          key === 'when' && value.kind === 'text' ? [key, textTree(this.#condition(value.value))] : [key, value],
        ),
      );
    });
    return { kind: 'list', items };
  }

  #condition(cel: string): string {
    const forms = this.#forms;
    const tokens = [...cel.matchAll(TOKEN)].map(([token]) => token).filter((token) => token.trim() !== '');
    const inner = this.#constantsOf(tokens);
    const groups = groupsOf(inner).filter(() => forms.takes('let of a condition', 0.12));
    // One within another has gone with it.
    const chosen = groups.filter(
      (one) => !groups.some((other) => other !== one && other[0] < one[0] && one[1] < other[1]),
    );
    let text = '';
    let at = 0;
    for (const [from, to] of chosen) {
      const body = inner.slice(from + 1, to).join(' ');
      text += `${inner.slice(at, from).join(' ')} ${this.#named(this.#conditions, 'c', textTree(body))} `;
      at = to + 1;
    }
    text += inner.slice(at).join(' ');
    return forms.takes('let of a whole condition', 0.08) ? this.#named(this.#conditions, 'w', textTree(text)) : text;
  }

  #constantsOf(tokens: readonly string[]): string[] {
    return tokens.map((token, i) => {
      const before = tokens[i - 1] ?? '';
      const isStep = before === '[' && /^[A-Za-z_\])`]/.test(tokens[i - 2] ?? '') && tokens[i - 2] !== 'in';
      const isConstant = token.startsWith('"') || (/^[0-9]/.test(token) && before !== '-');
      if (!isConstant || isStep || !this.#forms.takes('let of a constant', 0.06)) return token;
      const isNumber = /^[0-9.]+$/.test(token);
      return this.#named(
        this.#constants,
        'k',
        isNumber && this.#forms.takes('let of a YAML number', 0.5) ? { kind: 'word', source: token } : textTree(token),
      );
    });
  }

  #named(lets: Entry[], letter: string, value: Tree): string {
    const name = `${this.#stem}_${letter}${this.#constants.length + this.#conditions.length}`;
    lets.push([name, value]);
    return name;
  }
}

/** Whether a let's text may name one of these. */
function namesAnyOf(lets: readonly Entry[]): (entry: Entry) => boolean {
  const names = lets.map(([name]) => new RegExp(`\\b${name}\\b`));
  return ([, value]) => value.kind === 'text' && names.some((name) => name.test(value.value));
}

/** Brackets that hold a condition: operands of `&&`, `||`, `!`, and the test of `?`; not within calls, where variables may stand. */
function groupsOf(tokens: readonly string[]): (readonly [number, number])[] {
  const found: [number, number][] = [];
  const open: { at: number; isGroup: boolean }[] = [];
  tokens.forEach((token, i) => {
    const before = tokens[i - 1] ?? '';
    if (/^[([{]$/.test(token)) {
      const isOperand = before === '' || /^(&&|\|\||!|\()$/.test(before);
      open.push({ at: i, isGroup: token === '(' && isOperand && (open.at(-1)?.isGroup ?? true) });
    } else if (/^[)\]}]$/.test(token)) {
      const group = open.pop();
      const after = tokens[i + 1] ?? '';
      if (group?.isGroup === true && /^(&&|\|\||\)|\?|)$/.test(after)) found.push([group.at, i]);
    }
  });
  return found.sort(([a], [b]) => a - b);
}

function takeOut(entries: Entry[], key: string): Tree | undefined {
  const at = entries.findIndex(([name]) => name === key);
  return at < 0 ? undefined : entries.splice(at, 1)[0]?.[1];
}

function file(name: string, entries: readonly Entry[]): NamedTree {
  const head: Entry[] = [
    ['lictor', { kind: 'word', source: '1' }],
    ['name', textTree(name)],
  ];
  return { path: `${name}.policy.yaml`, tree: map([...head, ...entries]) };
}

function map(entries: readonly Entry[]): Map {
  return { kind: 'map', entries };
}
