/**
 * Answers with bytes from memory, as plainly as node:http can: what mtok serve is held against. With
 * the headers that it was given, or with those alone that no answer can be without.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const answers = new Map(
  Object.entries(JSON.parse(readFileSync(process.argv[2], 'utf8'))).map(
    ([path, { headers, file }]) => {
      const bytes = readFileSync(file);
      const least = { 'content-type': headers['content-type'], 'content-length': bytes.length };
      return [path, { bytes, headers: process.argv[3] === 'all' ? headers : least }];
    },
  ),
);

const server = createServer((request, response) => {
  const { bytes, headers } = answers.get(request.url) ?? answers.get(request.url.split('&')[0]);
  response.writeHead(200, headers);
  response.end(bytes);
});
server.listen(0, '127.0.0.1', () => console.log(`listening: ${server.address().port}`));
