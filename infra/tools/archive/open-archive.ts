/** Opens a file of events by its name: `.ndjson` or `.parquet`. */
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import path from 'node:path'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import { ARCHIVE_FORMATS, type ArchiveFormat, type ArchiveSource } from './archive-file.ts'
import { openNdjsonSource } from './ndjson.ts'
import { openParquetSource } from './parquet.ts'

/** The format that a file's name tells; null when it tells none. */
export const formatOfName = (name: string): ArchiveFormat | null =>
  ARCHIVE_FORMATS.find((format) => name.toLowerCase().endsWith(`.${format}`)) ?? null

/**
 * Throws FatalError when there is no such file or its name tells no format, `DamagedFile` when it
 * is not whole.
 */
export const openArchive = async (file: string): Promise<ArchiveSource> => {
  const format = formatOfName(file)
  if (format === null) throw new FatalError(`${file}: the name must end in .ndjson or .parquet`)
  if (!(await isReadableFile(file))) throw new FatalError(`${file} is not a file`)
  const name = path.basename(file)
  return format === 'ndjson' ? openNdjsonSource(file, name) : openParquetSource(file, name)
}

/** False for folders, pipes and devices: a file of events is read more than once. */
const isReadableFile = async (file: string): Promise<boolean> => {
  try {
    await access(file, constants.R_OK)
    return (await stat(file)).isFile()
  } catch (error) {
    throw new FatalError(`${file} cannot be read: ${messageOf(error)}`, { cause: error })
  }
}
