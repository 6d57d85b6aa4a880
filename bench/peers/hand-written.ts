// The ten rules of workload `typical` (seed SEED) as a person would write them in a program. Generated once from the workload and
// committed as source; when the generator changes, the check before every run says so, and this file is written anew.

import type { WorkloadRequest } from '../workload.ts';
import { NO_RULE } from './peer.ts';

/** Denies first; the number of a rule is its place in the policy. */
export function handWritten(request: WorkloadRequest): number {
  const { tool, args, context } = request;
  const { roles } = request.principal;
  if (
    (roles.includes('role-29') || roles.includes('role-08')) &&
    args.amount >= 2100 &&
    args.amount < 6100 &&
    args.path.startsWith('/srv/team-1/') &&
    args.path.endsWith('.log') &&
    context.region === 'ap-east'
  )
    return 2;
  if (
    tool === 'files0.read' &&
    (roles.includes('role-00') || roles.includes('role-02') || roles.includes('role-23')) &&
    args.amount >= 2600 &&
    args.amount < 4900 &&
    args.path.startsWith('/srv/team-0/') &&
    args.path.endsWith('.ts')
  )
    return 3;
  if (
    args.amount >= 4000 &&
    args.amount < 6200 &&
    args.path.startsWith('/srv/team-0/') &&
    args.path.endsWith('.xlsx') &&
    context.region === 'ap-east'
  )
    return 8;
  if (tool === 'files0.read' && args.path.endsWith('.tar.gz')) return 0;
  if (tool === 'files0.read' && args.path.endsWith('.csv')) return 1;
  if (tool === 'files0.read' && args.amount >= 1300 && args.amount < 5700) return 4;
  if (tool.startsWith('files0.') && args.path.startsWith('/srv/team-1/')) return 5;
  if (
    tool === 'files0.read' &&
    args.amount >= 1800 &&
    args.amount < 4500 &&
    args.path.startsWith('/srv/team-0/') &&
    context.region === 'ap-south'
  )
    return 6;
  if (
    tool === 'files0.read' &&
    args.amount >= 3500 &&
    args.amount < 4800 &&
    args.path.startsWith('/srv/team-0/') &&
    args.path.endsWith('.html')
  )
    return 7;
  if (
    tool === 'files0.read' &&
    (roles.includes('role-08') || roles.includes('role-26')) &&
    args.path.startsWith('/srv/team-0/')
  )
    return 9;
  return NO_RULE;
}
