// In: definitions of tools as a server lists them. Out: whether they are what they were, earlier in the session or in a file of pins.
// A pin is the hash of the whole definition but `_meta`; it never moves by itself.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonical, type Json } from './message.ts';

export interface PinFinding {
  /** `unpinned`: the file of pins has no such tool. */
  readonly kind: 'changed' | 'unpinned';
  readonly tool: string;
  readonly pinned: string | null;
  readonly found: string;
}

export class Pins {
  readonly #pinned: Map<string, string>;
  /** Whether tools that are seen for the first time are pinned. */
  readonly #isOpen: boolean;
  readonly #problems = new Map<string, PinFinding>();

  /** `pinned`: of a file; null: what this session sees first is what counts. */
  constructor(pinned: ReadonlyMap<string, string> | null) {
    this.#pinned = new Map(pinned);
    this.#isOpen = pinned === null;
  }

  get count(): number {
    return this.#pinned.size;
  }

  /** All pins, by name. */
  get all(): ReadonlyMap<string, string> {
    return new Map([...this.#pinned].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What a definition is: as pinned (null), or not. The same finding is given once: `isNew`. */
  see(tool: string, definition: Json): { readonly finding: PinFinding; readonly isNew: boolean } | null {
    const found = hashOf(definition);
    const pinned = this.#pinned.get(tool) ?? null;
    if (pinned === null && this.#isOpen) {
      this.#pinned.set(tool, found);
      return null;
    }
    const before = this.#problems.get(tool);
    if (pinned === found) {
      this.#problems.delete(tool);
      return null;
    }
    const finding: PinFinding = { kind: pinned === null ? 'unpinned' : 'changed', tool, pinned, found };
    this.#problems.set(tool, finding);
    return { finding, isNew: before?.found !== found };
  }

  /** Why a tool should not be called, or null. */
  problemOf(tool: string): string | null {
    const problem = this.#problems.get(tool);
    if (problem?.kind === 'changed') return 'the server has changed the definition of this tool since it was pinned';
    const isUnknown = problem !== undefined || (!this.#isOpen && !this.#pinned.has(tool));
    return isUnknown ? 'this tool is not among those that were pinned' : null;
  }
}

export function hashOf(definition: Json): string {
  const { _meta: _, ...rest } = definition;
  return bytesToHex(sha256(utf8ToBytes(canonical(rest))));
}
