/** Answers with bytes from memory, as plainly as node:http can: what mtok serve is held against. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const answers = new Map(
  Object.entries(JSON.parse(readFileSync(process.argv[2], 'utf8'))).map(
    ([path, { type, file }]) => {
      const bytes = readFileSync(file);
      return [path, { bytes, headers: { 'content-type': type, 'content-length': bytes.length } }];
    },
  ),
);

const server = createServer((request, response) => {
  const { bytes, headers } = answers.get(request.url) ?? answers.get(request.url.split('&')[0]);
  response.writeHead(200, headers);
  response.end(bytes);
});
server.listen(0, '127.0.0.1', () => console.log(`listening: ${server.address().port}`));
