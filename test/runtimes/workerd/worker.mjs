// The worker: answers any request with the report.

import { report } from '../entry.mjs';

export default {
  fetch: () => new Response(report()),
};
