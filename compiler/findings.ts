// What is said of each code of a diagnostic, wherever it occurs: why it is given, and what an author can try.
// Help that knows the names at hand is given where the finding is made; this is what is left to say of its kind.
// INVARIANT (test/diagnostics.test.ts): every code that the compiler gives stands here, has an example, and no other does.

export interface Finding {
  /** Lower case, no final period. */
  readonly cause: string;
  readonly help: string;
}

export const FINDINGS: { readonly [code: string]: Finding } = {
  P0001: {
    cause: 'the file is not YAML, or not readable as such',
    help: 'check indentation, quotes and colons around this place',
  },
  P0002: {
    cause: 'a key stands twice in one mapping',
    help: 'keep one of the two',
  },
  P0003: {
    cause:
      'a YAML anchor, alias or merge key; policies have none, so that what stands in a place is all that counts there',
    help: 'write the value out where it is needed; sets that several rules share go under `lets`',
  },
  P0004: {
    cause: 'a YAML tag or directive',
    help: 'remove the tag or directive: values have the types that LANGUAGE.md 2 gives them',
  },
  P0005: {
    cause: 'a second YAML document in the file',
    help: 'write one policy to a file',
  },
  P0006: {
    cause: 'the file contains half of a surrogate pair, which is no character',
    help: 'save the file as UTF-8 with whole characters',
  },
  P0008: {
    cause: 'a key of a mapping is not text',
    help: 'write the key as text, in quotes if need be',
  },
  P0009: {
    cause: 'the YAML nests too deep',
    help: 'flatten the document: policies need only a few levels',
  },
  P0010: {
    cause: 'no policy is among the files given',
    help: 'name the policy file `NAME.policy.yaml`',
  },
  P0011: {
    cause: 'a policy is among the files given, and the first policy does not lead to it',
    help: 'name it under `import`, `extends` or `policies`, or compile it by itself',
  },
  P0012: {
    cause: 'a file that `lictor fmt` cannot lay out without losing a comment or changing a value; it is left as it is',
    help: 'move comments to lines of their own, before the key they speak of',
  },
  P0013: {
    cause: 'the files give more findings than can be listed',
    help: 'mend the first ones and compile again',
  },
  P0014: {
    cause:
      'a long text is not written in plain YAML or JSON from here on: a mistake, or something that policies hardly use, such as a tab as indentation, a key that is a list, or a text of several lines within brackets',
    help: 'look at this place and the line before it; a text of at most 64 KiB gets a message that says what is wrong',
  },
  P0015: {
    cause: 'a file that is too long for `lictor fmt`; it is left as it is',
    help: 'split the policy: rules can stand in policies that it names under `policies`',
  },
  P0016: {
    cause:
      'a character that makes a line look like another text than it is: it turns the direction of what follows, or ends a line for editors alone',
    help: 'remove it; where a text or a pattern needs it, write an escape, `\\u202e` in double quotes, `\\u{202e}` in Cedar',
  },
  P0101: {
    cause: 'the file is empty, or is no mapping of keys and values',
    help: 'a policy is a mapping that begins with `lictor: 1` (LANGUAGE.md 2)',
  },
  P0102: {
    cause: 'a key that this part of a policy does not have',
    help: 'LANGUAGE.md 2.2 and 2.3 list the keys',
  },
  P0103: {
    cause: 'a required key is missing',
    help: 'LANGUAGE.md 2.2 and 2.3 say which keys are required',
  },
  P0104: {
    cause: 'a value of another kind than the key takes, such as a list in place of a text',
    help: 'LANGUAGE.md 2.2 and 2.3 list every key with its kind of value',
  },
  P0105: {
    cause: 'a value of the right kind that the key cannot hold',
    help: 'LANGUAGE.md 2.2 and 2.3 list what each key may hold',
  },
  P0106: {
    cause: 'two keys that exclude each other',
    help: 'keep one of the two',
  },
  P0201: {
    cause: 'the condition is not CEL',
    help: 'conditions are CEL: check quotes, brackets and operators around this place (LANGUAGE.md 4.1)',
  },
  P0202: {
    cause: 'the condition is too long, nests too deep, or names too long a path',
    help: 'split the condition: name parts of it under `lets`, or write several rules',
  },
  P0203: {
    cause: 'CEL that this language leaves out',
    help: 'LANGUAGE.md 4.1 lists what conditions may use',
  },
  P0204: {
    cause: 'a function that does not exist',
    help: 'LANGUAGE.md 4.13 to 4.21 list the functions',
  },
  P0205: {
    cause: 'a function called in another way than it is written',
    help: 'LANGUAGE.md 4 shows how each function is written',
  },
  P0207: {
    cause: 'a literal that is no value: a number that does not fit, half of a surrogate pair',
    help: 'write the text without escapes that make half a character',
  },
  P0208: {
    cause: 'a word that CEL reserves',
    help: 'choose another name',
  },
  P0209: {
    cause: 'YAML joins the lines of this text, so that a comment takes in the next line',
    help: 'write the condition under `when: |`, which keeps lines apart',
  },
  P0301: {
    cause: 'a name that stands for nothing here',
    help: 'names are `principal`, `args`, `context` and those under `lets`',
  },
  P0302: {
    cause: 'not the path of an attribute, or one that cannot be declared',
    help: 'an attribute is `principal`, `args` or `context` and one or more names, declared once: `args.amount`',
  },
  P0303: {
    cause: 'an attribute of `principal` or `context` that is not declared',
    help: 'declare the attribute under `attributes`, or name one that is there',
  },
  P0304: {
    cause: 'an attribute declared twice, or in two ways that exclude each other',
    help: 'declare it once',
  },
  P0305: {
    cause: 'a let whose name is taken, reserved or no identifier, or that is used before it is complete',
    help: 'choose another name',
  },
  P0306: {
    cause: 'an attribute of type any where nothing says as what to read it',
    help: 'declare its type under `attributes`, for instance `list<string>`',
  },
  P0307: {
    cause: 'a value where a condition stands',
    help: 'write a condition: a comparison, a bool attribute, `in`, `has`',
  },
  P0308: {
    cause: 'an operation on a value that it does not take',
    help: 'give it a value of that type, or use another operation (LANGUAGE.md 4)',
  },
  P0309: {
    cause: 'two sides that can never be compared',
    help: 'make both sides the same type; numbers of both kinds are written `2` and `2.0`',
  },
  P0310: {
    cause: 'an int and a number where both must be one of the two',
    help: 'declare the attribute with the type of what is looked for',
  },
  P0311: {
    cause: 'a comparison with a constant that the enum of the attribute does not have',
    help: 'compare with one of the values of the enum, or widen it',
  },
  P0312: {
    cause: 'an int constant beyond 2^53 compared with a number, which cannot hold it exactly',
    help: 'write the number as a double, `1.0e16`, or compare with an int attribute',
  },
  P0313: {
    cause: 'a text or a name with half of a surrogate pair, which no request can carry',
    help: 'a condition speaks of at most one such element at a time',
  },
  P0314: {
    cause: 'quantifiers over attributes within one another',
    help: 'write the outer list out, or quantify over attributes on both sides',
  },
  P0315: {
    cause: 'the variable of a quantifier has a name that is taken',
    help: 'give the variable a name of its own',
  },
  P0316: {
    cause: 'a word that the key does not know, or a name with other characters than names have',
    help: 'LANGUAGE.md 2.2 and 2.3 list the words; names are letters, digits, `-`, `_` and `.`',
  },
  P0317: {
    cause: '`null` where a value is needed',
    help: 'name an attribute, a let or a constant',
  },
  P0318: {
    cause: '`absent` with a value that the attribute cannot have',
    help: 'give a value of the declared type; for lists only `[]`',
  },
  P0319: {
    cause: 'a list where a single value is needed',
    help: 'take the value out of the condition, or compare it',
  },
  P0320: {
    cause: 'values of types that the operator, function or macro does not take',
    help: 'convert one of them (`int(…)`, `string(…)`), or see LANGUAGE.md 4.11 to 4.21 for what it takes',
  },
  P0321: {
    cause: 'a pattern that is not known before a call is decided',
    help: 'write the pattern as a text, or name it under `lets`',
  },
  P0322: {
    cause: 'a time zone that does not exist, or is not known before a call is decided',
    help: 'write an IANA name such as `"Europe/Paris"`, or an offset such as `"+01:00"`',
  },
  P0323: {
    cause: 'a constant that is no timestamp, duration, address or network where one is made of it',
    help: 'write it as LANGUAGE.md 4.14 and 4.20 say: `timestamp("2024-01-31T09:00:00Z")`, `duration("1h30m")`',
  },
  P0401: {
    cause: 'a tool catalogue that is not among the files given',
    help: 'name a file beside the policy, with the path relative to it',
  },
  P0402: {
    cause: 'a tool catalogue that is not JSON',
    help: 'write one JSON value, each key of an object once',
  },
  P0403: {
    cause: 'a tool catalogue of a form that is not known',
    help: 'catalogues are MCP `tools/list` answers, OpenAI function lists, or a mapping from tool name to JSON Schema',
  },
  P0404: {
    cause: 'a tool, or a catalogue, listed twice',
    help: 'list each tool once; two servers with one tool name need two policies, or a prefix',
  },
  P0405: {
    cause: 'a `$ref` that leads nowhere, out of the document, or back to itself',
    help: 'references stay within the document: `#/$defs/name`',
  },
  P0406: {
    cause: 'a rule that names a tool which no catalogue lists',
    help: 'write the name exactly as the tool has it; `*` makes it a glob',
  },
  P0407: {
    cause: 'an argument that the tools covered by a rule declare with types that do not agree',
    help: 'name tools whose types agree, in rules of their own',
  },
  P0408: {
    cause: 'a type under `attributes` that contradicts the catalogue',
    help: 'drop the declaration, or make it agree with the catalogue',
  },
  P0409: {
    cause: 'one page of a paged `tools/list` answer',
    help: 'put all pages into one catalogue',
  },
  P0411: {
    cause: 'a JSON Schema that says something impossible or unreadable',
    help: 'LANGUAGE.md 7.3 lists what is read of a JSON Schema',
  },
  P0501: {
    cause: 'two rules with one id',
    help: 'an id names one rule of the policy',
  },
  P0502: {
    cause:
      'a restricting rule for tools without a catalogue reads arguments that most calls do not have: it would restrict them all',
    help: 'give each rule an id of its own',
  },
  P0503: {
    cause: 'a list that can never match, or that names nobody',
    help: 'list at least one value, or leave the key out',
  },
  P0504: {
    cause: '`approvers` on a rule that does not escalate',
    help: 'remove the key, or change the effect',
  },
  P0505: {
    cause: 'an allow rule that would permit what is not known',
    help: 'leave it out: an allow rule in doubt does not allow',
  },
  P0506: {
    cause: '`priority` where the combining algorithm does not look at it',
    help: 'remove the key, or change `combine`',
  },
  P0507: {
    cause: 'a let that nothing uses',
    help: 'use it in a condition, or remove it',
  },
  P0508: {
    cause: 'a rule that can never match',
    help: 'say `enabled: false` to keep the rule for later',
  },
  P0509: {
    cause: 'an allow rule that holds because something is left out of the call',
    help: 'guard with the value itself, not with its absence (LANGUAGE.md 8.6)',
  },
  P0510: {
    cause: 'a restricting rule that a call escapes by leaving something out',
    help: 'drop `onUnknown: skip`: a restricting rule in doubt then restricts (LANGUAGE.md 6.4)',
  },
  P0511: {
    cause: '`unlisted` without a catalogue',
    help: 'name a catalogue under `tools`',
  },
  P0513: {
    cause: 'a tool name that no tool is likely to have',
    help: 'names are compared exactly; in a glob only `*` is special',
  },
  P0601: {
    cause: 'an example under `match` that the rule does not match',
    help: 'change the example, or what the rule covers',
  },
  P0602: {
    cause: 'an example under `match` that leaves the rule unknown',
    help: 'give the example every attribute that the condition needs',
  },
  P0603: {
    cause: 'an example under `miss` that the rule matches',
    help: 'change the example or the condition',
  },
  P0604: {
    cause: 'an example under `miss` that leaves the rule unknown',
    help: 'give the example every attribute that the condition needs',
  },
  P0605: {
    cause: 'an example that calls a tool which no catalogue lists',
    help: 'name a tool of the catalogue',
  },
  P0611: {
    cause: 'an example that does not say at which intervention point it happens',
    help: 'say in the example at which point it happens (LANGUAGE.md 9.1)',
  },
  P0612: {
    cause: 'an example that does not say which tool is called',
    help: 'say in the example which tool is called (LANGUAGE.md 9.1)',
  },
  P0701: {
    cause: 'more rules than a policy can have',
    help: 'split the policy',
  },
  P0702: {
    cause: 'a condition that nests too deep once its lets are written out',
    help: 'use fewer or smaller lets in one condition',
  },
  P0703: {
    cause: 'a condition with too many literals',
    help: 'split the condition into several rules',
  },
  P0704: {
    cause: 'more attribute paths than a policy can read',
    help: 'split the policy, or read fewer attributes',
  },
  P0705: {
    cause: 'more intervention points than a rule can have',
    help: 'split the rule',
  },
  P0706: {
    cause: 'a catalogue, or an example, that nests too deep',
    help: 'flatten the document',
  },
  P0707: {
    cause: 'an attribute path with too many names',
    help: 'read an attribute nearer to the root, or let the host supply it under `context`',
  },
  P0708: {
    cause: 'a tool name or glob that is too long',
    help: 'name the tool exactly, or write a shorter glob',
  },
  P0709: {
    cause: 'a rule that grows too large once `? :` and `==` between conditions are written out',
    help: 'split the rule, or name parts of it as rules',
  },
  P0710: {
    cause: 'a decision may cost more than `--max-cost` allows; the dearest rules are named',
    help: 'name the tools of those rules, test fewer texts and lists in them, or allow more',
  },
  P0801: {
    cause: 'a pattern of `matches` is not RE2 syntax',
    help: 'write `\\` before a character that stands for itself; LANGUAGE.md 4.22 says what patterns may use',
  },
  P0802: {
    cause: 'a pattern asks for what no search in linear time can do: lookaround, backreferences, atomic groups',
    help: 'test the parts apart, with `&&` and `!`, or write the text out',
  },
  P0803: {
    cause: 'a pattern repeats more than 1,000 times, or is too large with its repetitions written out',
    help: 'repeat without an upper end, `{n,}`, or split the pattern',
  },
  P0901: {
    cause: 'a policy that is imported, extended or nested is not among the files given',
    help: 'paths are relative to the file that names them',
  },
  P0902: {
    cause: 'a file is named twice in one list',
    help: 'name it once',
  },
  P0903: {
    cause: 'policies import, extend or nest one another in a circle',
    help: 'put what both need into a file that both import',
  },
  P0904: {
    cause: 'an imported file says more than an import brings: lets, attributes and tools',
    help: 'put what is shared into a file of its own',
  },
  P0905: {
    cause: 'a policy that extends another says how rules combine; the extended one has said so',
    help: 'leave the key out, or nest the policy with `policies`',
  },
  P0906: {
    cause: 'files lead too far, or a set has too many policies',
    help: 'name the files more directly, or split the set',
  },
  P0907: {
    cause: 'two policies side by side have one name, so their rules could not be told apart',
    help: 'give one of them another `name`',
  },
  P0908: {
    cause: 'two files that one policy sees define one let, or declare one attribute in two ways',
    help: 'rename one, or declare it once in a file that both import',
  },
  P0909: {
    cause: 'an import of which nothing is used',
    help: 'remove it',
  },
  P0910: {
    cause: 'a nested policy says a `default`, which does not speak there',
    help: 'write a rule without `when`, if it is meant',
  },
  P0911: {
    cause: '`final` on a rule that does not deny',
    help: 'only a deny can be final',
  },
  P0912: {
    cause: 'a scope that is none, or is about nobody',
    help: 'write `scope: tenant`, or `scope: { tenant: acme }` (LANGUAGE.md 12.6)',
  },
  P0914: {
    cause: 'the tools of one policy of a set do not fit the world of the set',
    help: 'name the catalogue in the policy whose `default` speaks',
  },
  P0915: {
    cause: 'two catalogues of a set describe one tool with different arguments',
    help: 'name one catalogue in both policies',
  },
  P1001: {
    cause: 'a rule that reads `result`, `message` or `output` at a point that does not carry it',
    help: 'name a point that carries it: `result` at `post_tool_call`, `message` at `input` and the model calls, `output` at `output`',
  },
  P1002: {
    cause: 'an effect `transform` without operations, too many of them, or operations beside another effect',
    help: 'write `effect: transform` and, under `transform:`, one to 64 operations (LANGUAGE.md 13.1)',
  },
  P1003: {
    cause: 'a target of a transform that is no path, or not one that the operation can work on',
    help: 'a target is written like an attribute, `args.amount`; `[*]` stands for every element of a list',
  },
  P1004: {
    cause: 'a transform of what its point does not carry',
    help: 'a transform changes `args` at `pre_tool_call`, `result` at `post_tool_call`, `message` at `input` and the model calls, `output` at `output`',
  },
  P1005: {
    cause: 'a clamp without usable bounds',
    help: 'write `{ clamp: args.amount, min: 0, max: 100 }`, or one of the two bounds',
  },
  P1006: {
    cause: 'a redaction whose pattern cannot be used, or whose replacement is too long',
    help: 'write the pattern in RE2 syntax (LANGUAGE.md 13.6)',
  },
  P1008: {
    cause: 'an operation that does not go with the type of its target',
    help: 'see what the catalogue or `attributes` says of the target',
  },
  P1009: {
    cause: "an operation whose outcome a tool's own schema refuses",
    help: 'see what the JSON Schema of the tool says of this argument, or name other tools with `tool`',
  },
  P1010: {
    cause: 'two operations of one rule that undo each other',
    help: 'keep one of them',
  },
  P1011: {
    cause: 'a redaction that would change its own replacement',
    help: 'choose a replacement that the pattern does not match, such as `***`',
  },
  P1012: {
    cause: 'a transform whose calls nothing lets through',
    help: 'a transformed call needs an allow of its own (LANGUAGE.md 13.4)',
  },
  P1013: {
    cause: 'two transform rules that clash about one place',
    help: 'let their conditions exclude each other',
  },
  P1101: {
    cause: 'a character that Cedar does not have, or a string that does not end',
    help: 'strings stand in double quotes, comments begin with `//`',
  },
  P1102: {
    cause: 'something else stands where Cedar wants a certain part',
    help: 'a policy is `permit (principal, action, resource) when { … };`',
  },
  P1103: {
    cause: 'an escape that Cedar does not have',
    help: 'the escapes are `\\n \\r \\t \\0 \\\\ \\" \\\' \\x41 \\u{1F600}`, and `\\*` in patterns',
  },
  P1104: {
    cause: 'an integer beyond 64 bits',
    help: 'integers lie between -9223372036854775808 and 9223372036854775807',
  },
  P1105: {
    cause: 'a reserved word as a name',
    help: 'choose another name; an attribute of that name is written `["in"]`',
  },
  P1106: {
    cause: 'a variable, function or method that Cedar does not have',
    help: 'the variables are `principal`, `action`, `resource` and `context`; LANGUAGE.md 14.1 names what else there is',
  },
  P1107: {
    cause: 'a method with the wrong number of arguments',
    help: '`isEmpty` takes none, `contains`, `containsAll`, `containsAny`, `hasTag` and `getTag` take one',
  },
  P1108: {
    cause: 'a name that stands twice where it may stand once',
    help: 'keep one of the two',
  },
  P1109: {
    cause: 'an expression or a type that nests too deep',
    help: 'split the policy, or the type',
  },
  P1110: {
    cause: 'an action that is none by its type',
    help: 'write `Action::"name"`, with its namespace before it',
  },
  P1111: {
    cause: 'a slot of a template in a condition',
    help: 'slots stand in the scope: `principal == ?principal`',
  },
  P1112: {
    cause: 'a policy, a schema or links in JSON that do not have the form Cedar gives them',
    help: 'compare with what `cedar translate-policy` and `cedar translate-schema` write',
  },
  P1113: {
    cause: 'a type or an action that the schema does not declare',
    help: 'declare it, or write its namespace before it',
  },
  P1114: {
    cause: 'a shape or a context that is no record',
    help: 'write a record type, `{ name: String }`, or the name of one',
  },
  P1115: {
    cause: 'a type or an action that contains itself',
    help: 'take one step out of the circle',
  },
  P1117: {
    cause: 'two policies with one id',
    help: 'give each an `@id` of its own',
  },
  P1118: {
    cause: 'an `@advice` that does not have the form of the Agent Control Specification',
    help: '`@advice("{\\"verdict\\":\\"escalate\\",\\"reason\\":\\"…\\"}")` on a permit; the verdicts are `warn`, `escalate` and `transform`, this one with `transform: {path: "$policy_target.…", value: …}`',
  },
  P1119: {
    cause: 'a link that does not fit a template',
    help: 'name a template by its `@id`, and give every slot it has a value',
  },
  P1120: {
    cause: 'a template that no link fills',
    help: 'add a link in a `*.cedarlinks.json`, or remove the template',
  },
  P1121: {
    cause: 'a file beside Cedar policies that is none of theirs',
    help: 'Cedar policies come with `*.cedarschema` and `*.cedarlinks.json`',
  },
  P1122: {
    cause: 'Cedar’s validator says that a policy does not fit the schema',
    help: 'correct the policy, or the schema; without the schema it would be compiled as it is',
  },
  P1123: {
    cause: 'Cedar’s validator warns of a policy or of the schema',
    help: 'a policy that no request can satisfy is mostly a mistake; mixed scripts may hide one',
  },
  P1124: {
    cause: 'policies that are not validated against the schema that is given, since no validator is installed',
    help: 'install `@cedar-policy/cedar-wasm`, which has the validator, for development: `npm install -D @cedar-policy/cedar-wasm@4.13.0`',
  },
  P1125: {
    cause: 'policies or a schema that Cedar’s validator, which is installed, cannot read or cannot judge',
    help: 'put the schema into one file; write what Cedar reads otherwise so that both read it',
  },
  P1202: {
    cause: 'a key of a toolkit document that is nearly one it has; their engines pass over a key they do not know',
    help: 'correct the key, or remove it',
  },
  P1203: {
    cause: 'a key of a toolkit document that nothing reads',
    help: 'remove it, or keep it as a note: it decides nothing',
  },
  P1204: {
    cause: 'a part of a toolkit document without a key that it needs',
    help: 'add the key; their reader refuses the whole document',
  },
  P1205: {
    cause: 'a word of a toolkit document that its key does not take',
    help: 'write one of the words listed',
  },
  P1206: {
    cause:
      'a condition text that cannot be read; their engines take such a condition for false, so the rule never fires',
    help: "write comparisons joined by `and` and `or`: `tool_name == 'x' and amount > 10`",
  },
  P1207: {
    cause: 'a condition whose operator and value do not go together',
    help: 'give the operator a value of the kind it takes',
  },
  P1208: {
    cause: 'a pattern of a toolkit document that has no meaning, or none that a search in linear time can have',
    help: 'write another pattern',
  },
  P1209: {
    cause: 'a limit that is none',
    help: 'write a count and a period: `100/hour`',
  },
  P1210: {
    cause: 'something that a toolkit document declares and Lictor keeps, but does not enforce',
    help: 'have the host enforce it, or remove it',
  },
  P1211: {
    cause: 'a PolicyDocument without a default action; versions of the toolkit disagree about what that means',
    help: 'state `defaults: { action: deny }`, or `allow`',
  },
  P1212: {
    cause: "something that the toolkit's own engines read in different ways",
    help: 'see LANGUAGE.md 15 for the way it is read here',
  },
  P1213: {
    cause: 'a field whose spelling is that of another one but for capitals and separators',
    help: 'write the field as the evaluation context has it; fields are compared exactly',
  },
  P1214: {
    cause: 'toolkit documents in one compilation that cannot be one policy',
    help: 'compile them to artifacts of their own',
  },
  P1215: {
    cause: 'a rule that a document above does not let stand',
    help: 'give the rule a name of its own, or change the document above',
  },
  P1216: {
    cause: 'a parent of a toolkit document that is not to be had',
    help: "give every parent to the compiler, from the document's folder or below",
  },
  P1217: {
    cause: 'more `scope` globs above one path than can be told apart',
    help: 'use fewer scopes',
  },
  P1218: {
    cause: 'a file beside toolkit documents that is none of them',
    help: 'compile the documents alone',
  },
  P1219: {
    cause: 'a pattern that is read wider than it is written, since a search in linear time has no lookaround',
    help: 'write the pattern without lookaround, or the exception as an `allow` rule of higher priority',
  },
};

/** What to try about a finding of this kind. */
export function helpOf(code: string): string {
  return FINDINGS[code]?.help ?? 'see the clause of compiler/LANGUAGE.md that speaks of this';
}
