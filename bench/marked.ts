// In: the text of a document, the name of a block, what it is to say. Out: the text with what lies between the marks of that block,
// `<!-- NAME:begin … -->` and `<!-- NAME:end -->`, written anew. Touches nothing outside the marks.

/** @throws Error if the marks are not there, once and in order */
export function withBlock(text: string, name: string, block: string): string {
  const [begin, end] = [`<!-- ${name}:begin`, `<!-- ${name}:end -->`];
  const at = text.indexOf(begin);
  const from = text.indexOf('-->', at) + '-->'.length;
  const to = text.indexOf(end);
  if (at < 0 || to < from || text.includes(begin, from))
    throw new Error(`no \`${begin} -->\` … \`${end}\`, or not once`);
  return `${text.slice(0, from)}\n${block}\n${text.slice(to)}`;
}
