/**
 * PostGIS for PGlite without what is not used here. The package's bundle holds three libraries
 * (vector, raster, topology) and hundreds of scripts for upgrades, and PGlite compiles and unpacks
 * all of it at every opening: 1.2 s of work and 270 MB of memory more than for these four files.
 */
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Extension } from '@electric-sql/pglite'
import { postgis } from '@electric-sql/pglite-postgis'
import { keep, keptPath, versionOf } from './kept-files.ts'
import { pickedFiles } from './picked-files.ts'

/** A version of the package that has them elsewhere is taken whole. */
const NEEDED: readonly RegExp[] = [
  /^lib\/postgresql\/postgis-\d+\.so$/,
  /^share\/proj\/proj\.db$/,
  /^share\/postgresql\/extension\/postgis\.control$/,
  /^share\/postgresql\/extension\/postgis--\d+\.\d+\.\d+\.sql$/,
]

/** Where the small bundle is, made if need be; null where there is none. */
const smallBundle = async (whole: URL): Promise<URL | null> => {
  const kept = keptPath(`postgis-${versionOf('@electric-sql/pglite-postgis')}.tar.gz`)
  if (existsSync(kept)) return pathToFileURL(kept)
  const needed = pickedFiles(gunzipSync(readFileSync(fileURLToPath(whole))), NEEDED)
  if (needed === null) return null
  await keep(kept, (draft) => writeFile(draft, gzipSync(needed, { level: 1 })))
  return existsSync(kept) ? pathToFileURL(kept) : null
}

/** The extension, to be given to PGlite under the name `postgis`. */
export const slimPostgis: Extension = {
  ...postgis,
  setup: async (database, options) => {
    const ready = await postgis.setup(database, options)
    const whole = ready.bundlePath
    return { ...ready, ...(whole && { bundlePath: (await smallBundle(whole)) ?? whole }) }
  },
}
