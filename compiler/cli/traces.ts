// In: the text of a trace file, in any of the forms below. Out: the tool calls recorded in it, and every part that is none.
// Forms are told by content, value by value: AgentDojo runs, tau runs, OpenAI-style messages, plain requests; as JSONL or as one
// JSON document. Nothing is skipped silently: what is no trace is a problem with its place.

/** A recorded call, as a request that lacks a principal or a context unless the trace had one. */
export interface RecordedCall {
  readonly request: PlainRequest;
  readonly place: Place;
}

export interface PlainRequest {
  readonly tool?: unknown;
  readonly args?: unknown;
  readonly at?: unknown;
  readonly principal?: unknown;
  readonly context?: unknown;
}

/** Line (from 1) of a JSONL file, null in a document; and the steps to the call within the line or document. */
export interface Place {
  readonly path: string;
  readonly line: number | null;
  readonly steps: string;
}

/** What in a trace could not be read. `malformed`: a call that was recorded, but whose arguments are no JSON. */
export interface Problem {
  readonly kind: 'unreadable' | 'malformed';
  readonly place: Place;
  readonly message: string;
}

export type TraceForm = 'agentdojo' | 'tau' | 'messages' | 'requests';

export interface Traces {
  readonly calls: readonly RecordedCall[];
  readonly problems: readonly Problem[];
  /** How many values of each form were read: runs, message lists, requests. */
  readonly forms: ReadonlyMap<TraceForm, number>;
}

/** `path:12`, `path:12 messages[3]`, `path [4].traj[2]`. */
export function placeText({ path, line, steps }: Place): string {
  return `${path}${line === null ? '' : `:${line}`}${steps === '' ? '' : ` ${steps}`}`;
}

/** @param onDone told how many characters of the text are done */
export function readTraces(path: string, text: string, onDone: (characters: number) => void = () => {}): Traces {
  const reader = new TraceReader(path);
  const first = firstLine(text);
  const head = parsed(text.slice(first.start, first.end));
  if (text.slice(first.end).trim() === '') {
    if (head.kind === 'value') reader.value(head.value, null, '');
    else if (text.trim() !== '') reader.unreadable(first.line, '', `this is no JSON: ${head.message}`);
    return reader.traces();
  }
  if (head.kind === 'mistake') {
    const whole = parsed(text);
    if (whole.kind === 'value') {
      reader.value(whole.value, null, '');
      return reader.traces();
    }
    // Lines that stand for themselves make a JSONL file with a broken first line; otherwise it is one broken document.
    if (!hasRecordLine(text)) {
      reader.unreadable(lineOf(text, whole.message), '', `this is no JSON, and no lines of JSON: ${whole.message}`);
      return reader.traces();
    }
  }
  for (let start = 0, line = 1; start < text.length; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (!reader.line(text.slice(start, end), line)) break;
    start = end + 1;
    onDone(start);
  }
  return reader.traces();
}

type Parsed =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'mistake'; readonly message: string };

function parsed(text: string): Parsed {
  try {
    return { kind: 'value', value: JSON.parse(text) };
  } catch (error) {
    return { kind: 'mistake', message: error instanceof Error ? error.message : String(error) };
  }
}

/** The first line that is not blank; `line` counts from 1. */
function firstLine(text: string): { readonly start: number; readonly end: number; readonly line: number } {
  let start = 0;
  for (let line = 1; ; line += 1) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (newline < 0 || text.slice(start, end).trim() !== '') return { start, end, line };
    start = end + 1;
  }
}

/** Lines that may be records and are looked at, to tell a file of lines from one broken document. */
const MOST_TRIED = 100;

function hasRecordLine(text: string): boolean {
  const lines = text.split('\n').filter((line) => /^\s*[{[].{2,}[}\]]\s*$/.test(line));
  return lines.slice(0, MOST_TRIED).some((line) => parsed(line).kind === 'value');
}

/** The line of V8's `at position 1234`; the first where it does not say. */
function lineOf(text: string, message: string): number {
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? 1 : text.slice(0, Number(position)).split('\n').length;
}

/** No trace has lists of lists but to put runs together. */
const MAX_LISTS = 16;
/** A file with more lines that are no JSON is something else. */
const MOST_BROKEN = 1000;

class TraceReader {
  readonly #path: string;
  readonly #calls: RecordedCall[] = [];
  readonly #problems: Problem[] = [];
  readonly #forms = new Map<TraceForm, number>();
  /** Messages that stand on lines or in a list of their own make one run, however many they are. */
  #inMessages = false;
  #brokenLines = 0;

  constructor(path: string) {
    this.#path = path;
  }

  traces(): Traces {
    return { calls: this.#calls, problems: this.#problems, forms: this.#forms };
  }

  /** False: so many lines are no JSON that no further one is worth reading. */
  line(text: string, line: number): boolean {
    if (text.trim() === '') return true;
    const record = parsed(text);
    if (record.kind === 'value') {
      this.value(record.value, line, '');
      return true;
    }
    this.#brokenLines += 1;
    if (this.#brokenLines <= MOST_BROKEN) {
      this.unreadable(line, '', `this line is no JSON: ${record.message}`);
      return true;
    }
    this.unreadable(line, '', `more than ${MOST_BROKEN} lines are no JSON: from here on the file is not read`);
    return false;
  }

  value(value: unknown, line: number | null, steps: string, depth: number = 0): void {
    if (Array.isArray(value)) {
      if (depth > MAX_LISTS) {
        this.unreadable(line, steps.slice(0, 60), `lists stand within lists more than ${MAX_LISTS} deep here`);
        return;
      }
      this.#inMessages = false;
      for (const [i, item] of value.entries()) this.value(item, line, `${steps}[${i}]`, depth + 1);
      this.#inMessages = false;
      return;
    }
    if (!isRecord(value)) {
      this.unreadable(line, steps, `expected a run, a message or a request, but found ${kindText(value)}`);
      return;
    }
    if (this.#run(value, line, steps)) return;
    if (typeof value['role'] === 'string' || value['type'] === 'function_call') {
      if (!this.#inMessages) this.#count('messages');
      this.#inMessages = true;
      this.#message(value, line, steps);
      return;
    }
    if (Object.hasOwn(value, 'tool') || Object.hasOwn(value, 'at')) {
      this.#count('requests');
      this.#calls.push({ request: value, place: this.#place(line, steps) });
      return;
    }
    const keys = Object.keys(value).slice(0, 5).join(', ');
    this.unreadable(line, steps, `no \`messages\`, \`traj\`, \`role\` or \`tool\` here, but: ${keys || 'nothing'}`);
  }

  unreadable(line: number | null, steps: string, message: string): void {
    this.#problems.push({ kind: 'unreadable', place: this.#place(line, steps), message });
  }

  /** AgentDojo and OpenAI runs keep `messages`, tau runs a `traj`. */
  #run(value: Readonly<Record<string, unknown>>, line: number | null, steps: string): boolean {
    const name = Object.hasOwn(value, 'traj') ? 'traj' : 'messages';
    const messages = value[name];
    if (!Array.isArray(messages)) return false;
    this.#count(name === 'traj' ? 'tau' : Object.hasOwn(value, 'metadata') ? 'agentdojo' : 'messages');
    const prefix = steps === '' ? name : `${steps}.${name}`;
    for (const [i, message] of messages.entries()) {
      const at = `${prefix}[${i}]`;
      if (isRecord(message) && (typeof message['role'] === 'string' || message['type'] === 'function_call')) {
        this.#message(message, line, at);
      } else this.unreadable(line, at, `expected a message with a \`role\`, but found ${kindText(message)}`);
    }
    return true;
  }

  #message(message: Readonly<Record<string, unknown>>, line: number | null, steps: string): void {
    // The Responses form: the item itself is the call. The oldest form: one call beside the content.
    if (message['type'] === 'function_call') this.#call(message, line, steps);
    if (isPresent(message['function_call'])) this.#call(message['function_call'], line, `${steps}.function_call`);
    const calls = message['tool_calls'];
    if (!isPresent(calls)) return;
    if (!Array.isArray(calls)) {
      this.unreadable(line, `${steps}.tool_calls`, `expected a list of calls, but found ${kindText(calls)}`);
      return;
    }
    for (const [i, call] of calls.entries()) {
      const inner: unknown = isRecord(call) && isPresent(call['function']) ? call['function'] : call;
      this.#call(inner, line, calls.length === 1 ? steps : `${steps}.tool_calls[${i}]`);
    }
  }

  #call(call: unknown, line: number | null, steps: string): void {
    const tool = isRecord(call) ? call['name'] : undefined;
    if (!isRecord(call) || typeof tool !== 'string') {
      this.unreadable(line, steps, 'expected a call with the `name` of a function');
      return;
    }
    const written = call['arguments'];
    if (typeof written !== 'string') {
      const args = isPresent(written) ? written : {};
      this.#calls.push({ request: { tool, args }, place: this.#place(line, steps) });
      return;
    }
    const args = parsed(written);
    if (args.kind === 'value') {
      this.#calls.push({ request: { tool, args: args.value }, place: this.#place(line, steps) });
      return;
    }
    const message = `the arguments of a call of \`${tool}\` are no JSON: ${args.message}`;
    this.#problems.push({ kind: 'malformed', place: this.#place(line, steps), message });
  }

  #count(form: TraceForm): void {
    this.#inMessages = false;
    this.#forms.set(form, (this.#forms.get(form) ?? 0) + 1);
  }

  #place(line: number | null, steps: string): Place {
    return { path: this.#path, line, steps };
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function kindText(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
