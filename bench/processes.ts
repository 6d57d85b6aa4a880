// In: an artifact and the name of an engine. Out: its rows as variants that run in a process of their own. The processes wait while others
// run; `stop` ends them and removes their folder.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RemoteVariant } from './harness.ts';
import type { Latencies } from './latency.ts';
import { ARTIFACT_FILE, type Memory, type RowReply, type RowRequest, type RowTask, TASK_FILE } from './row-worker.ts';

export class RowProcess {
  readonly variants: readonly RemoteVariant[];
  readonly task: RowTask;
  readonly memory: Memory;
  /** Of all that was measured so far: keeps it from being unused. */
  consumed = 0;
  readonly #child: ChildProcess;
  readonly #folder: string;

  /** `program` is the bench itself: it hands `--rows FOLDER` to `runRows`. Rejects if the process ends before it has rows. */
  static async start(program: string, task: RowTask, artifact: Uint8Array): Promise<RowProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'lictor-bench-'));
    writeFileSync(join(folder, TASK_FILE), JSON.stringify(task));
    writeFileSync(join(folder, ARTIFACT_FILE), artifact);
    const child = fork(program, ['--rows', folder]);
    try {
      const reply = await replyOf(child);
      if (!('rows' in reply)) throw new TypeError('a process did not name its rows');
      return new RowProcess(child, folder, task, reply.rows, reply.memory);
    } catch (error) {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(child: ChildProcess, folder: string, task: RowTask, rows: readonly string[], memory: Memory) {
    const { ruleCount } = task;
    this.#child = child;
    this.#folder = folder;
    this.task = task;
    this.memory = memory;
    this.variants = rows.map((row) => ({
      row,
      ruleCount,
      calibrate: ({ batchNs, warmupMs }) => this.#ask({ do: 'calibrate', row, batchNs, warmupMs }),
      timeNs: (count) => this.#ask({ do: 'time', row, count }),
    }));
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
    this.#child.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** How long single calls of these rows take. */
  async latencies(rows: readonly string[], rounds: number, roundMs: number): Promise<Latencies> {
    const reply = await this.#send({ do: 'calls', rows, rounds, roundMs });
    if (!('latencies' in reply)) throw new TypeError('a process did not answer');
    return reply.latencies;
  }

  async #ask(request: RowRequest): Promise<number> {
    const reply = await this.#send(request);
    if (!('answer' in reply)) throw new TypeError('a process did not answer');
    this.consumed = reply.consumed;
    return reply.answer;
  }

  #send(request: RowRequest): Promise<RowReply> {
    const reply = replyOf(this.#child);
    this.#child.send(request);
    return reply;
  }
}

function replyOf(child: ChildProcess): Promise<RowReply> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => {
      child.off('message', replied);
      reject(new Error(`a process of the bench ended with ${code ?? 'a signal'}`));
    };
    const replied = (message: unknown): void => {
      child.off('exit', ended);
      resolve(message as RowReply);
    };
    child.once('message', replied);
    child.once('exit', ended);
  });
}
