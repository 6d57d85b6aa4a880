// The engines that are measured beside Lictor, in the order of the table.

import type { PeerEngine } from './engine.ts';
import { agentGovernance } from './engines/agent-governance.ts';
import { baselines } from './engines/baselines.ts';
import { casbin } from './engines/casbin.ts';
import { casl } from './engines/casl.ts';
import { cedar } from './engines/cedar.ts';
import { bufbuildCel, marcbachmannCel } from './engines/cel.ts';
import { jsonLogic } from './engines/json-logic.ts';
import { jsonRules } from './engines/json-rules.ts';
import { opa } from './engines/opa.ts';
import { zen } from './engines/zen.ts';

export const engines: readonly PeerEngine[] = [
  ...baselines,
  jsonLogic,
  casl,
  marcbachmannCel,
  bufbuildCel,
  zen,
  opa,
  cedar,
  casbin,
  agentGovernance,
  jsonRules,
];
