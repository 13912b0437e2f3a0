import fc from 'fast-check';

/** A valid request as a client could send it, and what it says. */
export interface GeneratedRequest {
  readonly text: string;
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly name: string;
  readonly body: string;
}

const label = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
const hostName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const path = fc.stringMatching(/^\/[a-z0-9~%&=.|[\]{}+-][A-Za-z0-9/~%&=?.|[\]{}+-]{0,30}$/);
const token = fc.stringMatching(/^X-[A-Za-z0-9!#$%&'*+.^_`|~-]{1,10}$/);
const value = fc.stringMatching(/^[!-~\xa0-\xff]([ \t!-~\xa0-\xff]{0,20}[!-~\xa0-\xff])?$/);
const field = fc
  .tuple(token, value, fc.constantFrom('', ' ', '\t', '  '))
  .map(([name, text, space]) => `${name}:${space}${text}${space}`);
/** Content that would be a request where content is not expected, or is taken to end elsewhere. */
const hidden = 'GET /hidden HTTP/1.1\r\nHost: hidden.example\r\n\r\n';
const body = fc.oneof(
  fc.constantFrom('', hidden, `abc${hidden}`, `0\r\n\r\n${hidden}`),
  fc.string({ unit: fc.constantFrom(...'ab\r\n: GET/HTP1.0'), maxLength: 40 }),
);

export const requestArbitrary: fc.Arbitrary<GeneratedRequest> = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'),
    hostName,
    port: fc.constantFrom('', ':80', ':8080'),
    path,
    absolute: fc.boolean(),
    fields: fc.array(field, { maxLength: 4 }),
    body,
    chunkBytes: fc.integer({ min: 0, max: 16 }),
  })
  .map(({ method, hostName: host, port, path: asked, absolute, fields, body: wanted, chunkBytes }) => {
    const content = ['GET', 'HEAD', 'DELETE'].includes(method) ? '' : wanted;
    const chunked = content !== '' && chunkBytes > 0;
    const target = absolute ? `http://${host}${port}${asked}` : asked;
    const framing = chunked
      ? ['Transfer-Encoding: chunked']
      : content === ''
        ? []
        : [`Content-Length: ${content.length}`];
    const head = [`${method} ${target} HTTP/1.1`, ...fields, `Host: ${host}${port}`, ...framing, '', ''].join('\r\n');
    return {
      text: head + (chunked ? inChunks(content, chunkBytes) : content),
      method,
      target,
      path: asked,
      name: host.toLowerCase(),
      body: content,
    };
  });

function inChunks(content: string, size: number): string {
  let text = '';
  for (let at = 0; at < content.length; at += size) {
    const chunk = content.slice(at, at + size);
    text += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return `${text}0\r\n\r\n`;
}
