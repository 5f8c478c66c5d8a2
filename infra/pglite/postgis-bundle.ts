/**
 * PostGIS for PGlite without what is not used here. The package's bundle holds three libraries
 * (vector, raster, topology) and hundreds of scripts for upgrades, and PGlite compiles and unpacks
 * all of it at every opening: 1.2 s of work and 270 MB of memory more than for these four files.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Extension } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import { keep, keptPath, versionOf } from './kept-files.ts'

const NEEDED: readonly RegExp[] = [
  /^lib\/postgresql\/postgis-\d+\.so$/,
  /^share\/proj\/proj\.db$/,
  /^share\/postgresql\/extension\/postgis\.control$/,
  /^share\/postgresql\/extension\/postgis--\d+\.\d+\.\d+\.sql$/,
]

// The format of tar (POSIX.1-1988): blocks of 512 bytes, a header before each file, two empty ones
// at the end.
const BLOCK_BYTES = 512
const NAME_BYTES = 100
const SIZE_AT = 124
const SIZE_BYTES = 12

/**
 * The needed files of an unpacked tar archive, as an archive; null when one is missing, because
 * another version of the package has them elsewhere.
 */
export const neededOf = (archive: Buffer): Buffer | null => {
  const kept: Buffer[] = []
  for (let at = 0; at + BLOCK_BYTES <= archive.length && archive[at] !== 0; ) {
    const name = archive.toString('latin1', at, at + NAME_BYTES).replace(/\0.*$/s, '')
    const size = archive.toString('latin1', at + SIZE_AT, at + SIZE_AT + SIZE_BYTES)
    const end = at + BLOCK_BYTES * (1 + Math.ceil(Number.parseInt(size, 8) / BLOCK_BYTES))
    if (NEEDED.some((pattern) => pattern.test(name))) kept.push(archive.subarray(at, end))
    at = end
  }
  if (kept.length !== NEEDED.length) return null
  return Buffer.concat([...kept, Buffer.alloc(2 * BLOCK_BYTES)])
}

/** Where the small bundle is, made if need be; null where there is none. */
const smallBundle = (whole: URL): URL | null => {
  const kept = keptPath(`postgis-${versionOf('@electric-sql/pglite-postgis')}.tar.gz`)
  if (existsSync(kept)) return pathToFileURL(kept)
  const needed = neededOf(gunzipSync(readFileSync(fileURLToPath(whole))))
  if (needed === null) return null
  keep(kept, (draft) => writeFileSync(draft, gzipSync(needed, { level: 1 })))
  return existsSync(kept) ? pathToFileURL(kept) : null
}

/** The extension, to be given to PGlite under the name `postgis`. */
export const slimPostgis: Extension = {
  ...postgis,
  setup: async (database, options) => {
    const ready = await postgis.setup(database, options)
    const whole = ready.bundlePath
    return { ...ready, ...(whole && { bundlePath: smallBundle(whole) ?? whole }) }
  },
}
