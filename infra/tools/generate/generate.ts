/** `npm run generate`: writes the files that are generated from the GraphQL schema. */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { generatedFiles, ROOT } from './generated-files.ts'

for (const { file, text } of await generatedFiles()) {
  writeFileSync(path.join(ROOT, file), text)
  process.stdout.write(`${file}\n`)
}
