/**
 * Exports that nothing outside their file uses, and exports of sources that only tests use. A file
 * is used by those that import it; within its own file a name needs no export.
 */
import type { ExportFact } from '../measure/export-facts.ts'
import type { MeasuredFile } from '../measure/measured-files.ts'
import { isSource, resolveRelative } from './layers.ts'

export type UnusedExport = Readonly<{ file: string; line: number; name: string }>

type Use = Readonly<{ byTests: boolean; bySources: boolean }>
const UNUSED: Use = { byTests: false, bySources: false }

/** Uses of each name, by the file that exports it; `*` stands for every name of a file. */
const usesOf = (files: readonly MeasuredFile[]): ReadonlyMap<string, Map<string, Use>> => {
  const uses = new Map<string, Map<string, Use>>()
  for (const { file, facts } of files) {
    for (const { specifier, names } of facts.imports) {
      if (!specifier.startsWith('.')) continue
      const target = resolveRelative(file, specifier)
      const ofTarget = uses.get(target) ?? new Map<string, Use>()
      uses.set(target, ofTarget)
      for (const name of names) {
        const { byTests, bySources } = ofTarget.get(name) ?? UNUSED
        ofTarget.set(name, {
          byTests: byTests || !isSource(file),
          bySources: bySources || isSource(file),
        })
      }
    }
  }
  return uses
}

/** The names that are wanted, and the types that what is wanted names in its signature. */
const withNamedTypes = (
  exports: readonly ExportFact[],
  wanted: readonly ExportFact[],
): ReadonlySet<string> => {
  const kept = new Set<string>()
  const open = [...wanted]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (kept.has(next.name)) continue
    kept.add(next.name)
    const { types } = next
    open.push(...exports.filter(({ name, kind }) => kind === 'type' && types.includes(name)))
  }
  return kept
}

const exportsNotUsed = (
  files: readonly MeasuredFile[],
  isWanted: (use: Use, file: string) => boolean,
): UnusedExport[] => {
  const uses = usesOf(files)
  return files.flatMap(({ file, facts: { exports } }) => {
    const used = uses.get(file)
    const wanted = exports.filter(({ name }) =>
      [name, '*'].some((key) => isWanted(used?.get(key) ?? UNUSED, file)),
    )
    const kept = withNamedTypes(exports, wanted)
    return exports
      .filter(({ name }) => !kept.has(name))
      .map(({ line, name }) => ({ file, line, name }))
  })
}

/**
 * Exports that no other file uses. A type is no such export when the signature of one that is used
 * names it: it is what its users hold.
 */
export const deadExports = (files: readonly MeasuredFile[]): UnusedExport[] =>
  exportsNotUsed(files, ({ byTests, bySources }) => byTests || bySources)

/** A bound that a test goes up to, or a number of a formula. */
const isNumberByName = (name: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(name)

/**
 * Exports of source files that tests and their support use, and nothing else does. Constants in
 * capitals are none of them, and neither are classes: a failure is told by its class.
 */
export const exportsForTests = (files: readonly MeasuredFile[]): UnusedExport[] => {
  const dead = new Set(deadExports(files).map(({ file, name }) => `${file}#${name}`))
  const classes = new Set(
    files.flatMap(({ file, facts }) =>
      facts.exports.flatMap(({ name, kind }) => (kind === 'class' ? [`${file}#${name}`] : [])),
    ),
  )
  return exportsNotUsed(files, ({ bySources }, file) => bySources || !isSource(file)).filter(
    ({ file, name }) =>
      !isNumberByName(name) && !classes.has(`${file}#${name}`) && !dead.has(`${file}#${name}`),
  )
}
