// The compiler's version, as artifacts carry it. A test compares it with package.json.

export const COMPILER_VERSION = '0.1.0';
