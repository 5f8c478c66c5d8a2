/**
 * Files that are made once in an installation and kept in it, because making them again costs more
 * than copying or reading them. Where an installation may only be read, they are made each time or
 * done without.
 */
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'

const packages = path.join(import.meta.dirname, '../../node_modules')

export const versionOf = (name: string): string => {
  const manifest = path.join(packages, name, 'package.json')
  // Npm's own format.
  const { version }: { version: string } = JSON.parse(readFileSync(manifest, 'utf8'))
  return version
}

/** Where a kept file or folder stands. Its name must say of which versions it is made. */
export const keptPath = (name: string): string => path.join(packages, '.chronohex', name)

/** Makes a file or folder, whole before it gets its name, where that is possible. */
export const keep = async (kept: string, make: (draft: string) => Promise<void>): Promise<void> => {
  const draft = `${kept}.${process.pid}-${performance.now()}`
  try {
    mkdirSync(path.dirname(kept), { recursive: true })
    await make(draft)
    renameSync(draft, kept)
  } catch {
    // Another process was quicker, or nothing can be written there: the caller can do without.
    rmSync(draft, { recursive: true, force: true })
  }
}
