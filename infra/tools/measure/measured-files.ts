/**
 * The project's TypeScript files with what their syntax says, read once for all that is counted.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isSource, resolveRelative } from '../tidy/layers.ts'
import type { ImportGraph } from './import-graph.ts'
import { type SourceFacts, sourceFactsOf } from './source-facts.ts'

export type MeasuredFile = Readonly<{
  /** From the project's root. */
  file: string
  text: string
  facts: SourceFacts
}>

/** Files that git tracks, or would track, and that are there; paths from the root. */
export const trackedFiles = (root: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && existsSync(path.join(root, file)))

/** Every `.ts` and `.tsx` file under the root, except declarations. Parses all of them: 1–2 s. */
export const measuredFiles = (root: string): MeasuredFile[] =>
  trackedFiles(root)
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
    .map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      return { file, text, facts: sourceFactsOf(file, text) }
    })

/** Without tests and what supports them. */
export const sourcesOf = (files: readonly MeasuredFile[]): MeasuredFile[] =>
  files.filter(({ file }) => isSource(file))

/** Which of these files each imports. `withTypes`: imports of types alone count, too. */
export const importGraphOf = (
  files: readonly MeasuredFile[],
  { withTypes }: Readonly<{ withTypes: boolean }>,
): ImportGraph =>
  new Map(
    files.map(({ file, facts }) => [
      file,
      facts.imports
        .filter(
          ({ specifier, isTypeOnly }) => specifier.startsWith('.') && (withTypes || !isTypeOnly),
        )
        .map(({ specifier }) => resolveRelative(file, specifier)),
    ]),
  )
