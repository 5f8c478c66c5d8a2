/** Where a generated module stands, and what it need not say itself. */
import path from 'node:path'

/** Folders are paths from the project's root. */
export type Place = Readonly<{
  /** The folder of the module. */
  home: string
  /** The folder of the modules of any world. */
  base: string
  /** Names of the schema's types that the module takes from there. */
  known: ReadonlySet<string>
}>

/** As a module in this folder names another file. */
export const specifierOf = ({ home }: Place, file: string): string => {
  const relative = path.posix.relative(home, file)
  return relative.startsWith('.') ? relative : `./${relative}`
}
