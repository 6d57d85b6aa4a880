// Out: an agent of the Vercel AI SDK, its model a mock that calls one tool step after step, with the tool bare and guarded. The tool
// answers at once, so that all that is measured is the loop.

import { guard, isDenial } from '../../host-js/index.ts';
import { importPeer } from '../peers/engine.ts';
import type { Loop } from './pairs.ts';
import { workedPolicy } from './policy.ts';

type Execute = (args: Record<string, unknown>) => unknown;

interface AiSdk {
  generateText: (options: object) => Promise<{ text: string; steps: readonly unknown[] }>;
  tool: (options: object) => object;
  jsonSchema: (schema: object) => object;
  stepCountIs: (count: number) => object;
}

interface AiSdkTest {
  MockLanguageModelV3: new (options: { doGenerate: () => Promise<object> }) => object;
}

const STEPS = 3;
const TOOL = 'payments.transfer';
const CALLER = { id: 'ana', roles: ['finance'], limit: 5000 };
const CONTEXT = { env: 'prod', payee_verified: true, spent_today: 0 };
const ARGUMENTS = { amount: 250, currency: 'EUR', payee: 'p-17', country: 'PT' };
const USAGE = {
  inputTokens: { total: 10, noCache: 10, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 10, text: 10, reasoning: undefined },
};

/** Throws if a tool did not run as often as it was called, or if the policy lets a call pass that it must not. */
export async function aiSdkLoop(): Promise<Loop> {
  const sdk = (await importPeer('ai')) as AiSdk;
  const { MockLanguageModelV3 } = (await importPeer('ai/test')) as AiSdkTest;
  let ran = 0;
  const transfer: Execute = (args) => {
    ran += 1;
    return `paid ${String(args['amount'])}`;
  };
  const engine = workedPolicy('payments');
  const guarded = guard(transfer, engine, { tool: TOOL, principal: CALLER, context: CONTEXT });
  if (!isDenial(guarded({ ...ARGUMENTS, amount: 1e9 })) || ran > 0) throw new Error('a transfer of 1e9 passed');
  const runWith = async (execute: Execute): Promise<void> => {
    let step = 0;
    const model = new MockLanguageModelV3({
      doGenerate: () => {
        step += 1;
        const isLast = step > STEPS;
        return Promise.resolve({
          content: isLast
            ? [{ type: 'text', text: 'done' }]
            : [
                {
                  type: 'tool-call',
                  toolCallId: `call-${step}`,
                  toolName: 'transfer',
                  input: JSON.stringify({ ...ARGUMENTS, amount: step }),
                },
              ],
          finishReason: { unified: isLast ? 'stop' : 'tool-calls', raw: undefined },
          usage: USAGE,
          warnings: [],
        });
      },
    });
    const before = ran;
    const { text } = await sdk.generateText({
      model,
      prompt: 'pay',
      stopWhen: sdk.stepCountIs(STEPS + 1),
      tools: {
        transfer: sdk.tool({ description: 'pays', inputSchema: sdk.jsonSchema({ type: 'object' }), execute }),
      },
    });
    if (text !== 'done' || ran - before !== STEPS) throw new Error(`${ran - before} of ${STEPS} calls ran`);
  };
  return {
    name: `Vercel AI SDK, mock model, a run of ${STEPS} calls`,
    calls: STEPS,
    plain: () => runWith(transfer),
    guarded: () => runWith(guarded),
  };
}
