// The host: loads artifacts and decides requests. Everything a program needs to enforce a policy, and nothing that makes one.

export * from './exports.ts';
export { init, load } from './load.ts';
