/** The packages of package.json against what the code imports. */

export type Manifest = Readonly<{
  dependencies?: Readonly<Record<string, string>>
  devDependencies?: Readonly<Record<string, string>>
}>

/** `pg` of `pg/lib/x`, `@a/b` of `@a/b/c`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** `pg` of `@types/pg`, `@a/b` of `@types/a__b`, else the package itself. */
const describedBy = (name: string): string =>
  name
    .replace(/^@types\/(.+)__(.+)$/, '@$1/$2')
    .replace(/^@types\/node$/, 'node:')
    .replace(/^@types\//, '')

const isPackage = (specifier: string): boolean => !/^(\.|node:)/.test(specifier)

/**
 * Packages that nothing imports, and imports of packages that the manifest does not name. `tools`
 * are those that are run and not imported.
 */
export const packageFaults = (
  manifest: Manifest,
  specifiers: readonly string[],
  tools: readonly string[],
): string[] => {
  const listed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
  const imported = new Set(specifiers.filter(isPackage).map(packageOf))
  const used = new Set([...imported, ...tools, 'node:'])
  return [
    ...listed
      .filter((name) => !used.has(describedBy(name)))
      .map((name) => `nothing imports ${name}`),
    ...[...imported]
      .filter((name) => !listed.includes(name) && !listed.includes(`@types/${name}`))
      .map((name) => `${name} is imported and not in package.json`),
  ]
}
