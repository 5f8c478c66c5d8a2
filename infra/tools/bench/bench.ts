/**
 * `npm run bench -- <name> [options]`: runs `<name>.bench.ts` of this folder, which prints Markdown
 * for docs/benchmarks.md.
 */
import { readdirSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { messageOf } from '../../../domain/errors.ts'

/**
 * What each benchmark file exports: measures with the given options and returns tables in Markdown.
 */
type Bench = Readonly<{ measure: (options: readonly string[]) => Promise<string> }>

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length))

const main = async ([name, ...options]: readonly string[]): Promise<void> => {
  if (name === undefined || !names.includes(name))
    throw new Error(`Which benchmark? There are: ${names.join(', ')}`)
  const bench: Bench = await import(`./${name}.bench.ts`)
  process.stdout.write(
    `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'CPU'}\n\n`,
  )
  process.stdout.write(`${await bench.measure(options)}\n`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
})
