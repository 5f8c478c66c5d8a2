/**
 * `npm run measure`: a table of how the code reads, the whole and by folder, in Markdown. To be
 * compared with the table of an earlier state; what must never get worse is checked by
 * `infra/tools/tidy`.
 */
import path from 'node:path'
import { circlesOf } from './import-graph.ts'
import { importGraphOf, type MeasuredFile, measuredFiles, sourcesOf } from './measured-files.ts'
import { hasManyParameters, isLong, measuresOf } from './measures.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** Two levels of folders below `infra` and `api`, one elsewhere; the root itself is `.`. */
const folderOf = (file: string): string => {
  const folders = file.split('/').slice(0, -1)
  return folders.slice(0, folders[0] === 'infra' || folders[0] === 'api' ? 2 : 1).join('/') || '.'
}

const tableOf = (
  columns: readonly (readonly [title: string, files: readonly MeasuredFile[]])[],
) => {
  const measures = columns.map(([, files]) => measuresOf(files))
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    row(['', ...columns.map(([title]) => title)]),
    row(['', ...columns.map(() => '')].map(() => '---')),
    ...(measures[0] ?? []).map(({ name }, at) =>
      row([name, ...measures.map((column) => column[at]?.value ?? '')]),
    ),
  ].join('\n')
}

/** Every place that a number of the table stands for, so that it can be mended. */
const placesOf = (files: readonly MeasuredFile[]): string[] =>
  sourcesOf(files).flatMap(({ file, facts }) => [
    ...facts.functions
      .filter(isLong)
      .map(({ name, line, lines }) => `${file}:${line} ${name} has ${lines} lines`),
    ...facts.functions
      .filter(hasManyParameters)
      .map(({ name, line, parameters }) => `${file}:${line} ${name} has ${parameters} parameters`),
    ...facts.casts
      .filter(({ hasReason }) => !hasReason)
      .map(({ line, text }) => `${file}:${line} cast without a reason: ${text.slice(0, 80)}`),
  ])

const main = (args: readonly string[]): void => {
  const files = measuredFiles(root)
  const folders = [...new Set(sourcesOf(files).map(({ file }) => folderOf(file)))].sort()
  const lines = [
    tableOf([['all', files]]),
    '',
    tableOf(
      folders.map((folder) => [folder, files.filter(({ file }) => folderOf(file) === folder)]),
    ),
  ]
  if (args.includes('--places')) {
    const circles = circlesOf(importGraphOf(sourcesOf(files), { withTypes: true }))
    lines.push('', ...placesOf(files), ...circles.map((circle) => `circle: ${circle.join(' ⇄ ')}`))
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

main(process.argv.slice(2))
