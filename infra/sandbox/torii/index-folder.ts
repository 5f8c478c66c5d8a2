/**
 * The folder of a Torii's index: created at each start, held while its Torii lives, and removed with
 * it.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { FatalError } from '../../../domain/errors.ts'
import { claimDataFolder, LOCK_FILE } from '../../run/data-folder.ts'
import { isRunning } from '../../run/process-mark.ts'

const PREFIX = 'chronohex-torii-'
const OWNER = new RegExp(`^${PREFIX}(\\d+)-`)
/** A younger folder without a lock may be one whose owner is about to take it. */
const AGE_MS_MIN = 60_000

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/** Whether nobody holds it, whichever pid namespace its owner was in. */
const isFree = (folder: string): boolean => {
  try {
    claimDataFolder(folder, 0).release()
    return true
  } catch (error) {
    if (error instanceof FatalError) return false // in use, or not ours
    throw error
  }
}

/** Those of earlier versions have no lock, and can be judged by their pid alone. */
const isOrphan = (folder: string, pid: number): boolean => {
  if (existsSync(path.join(folder, LOCK_FILE))) return isFree(folder)
  const ageMs = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
  return ageMs > AGE_MS_MIN && !isRunning({ pid, startedAt: null })
}

/**
 * An index may have gigabytes, so folders of killed processes are removed here and not left until
 * the machine restarts.
 */
const removeOrphans = (parent: string): void => {
  for (const name of readdirSync(parent)) {
    const pid = OWNER.exec(name)?.[1]
    const folder = path.join(parent, name)
    if (pid !== undefined && isOrphan(folder, Number(pid))) remove(folder)
  }
}

/** A fresh folder below `parent`, and how to remove it. */
export const createIndexFolder = (
  parent = tmpdir(),
): Readonly<{ path: string; remove: () => void }> => {
  removeOrphans(parent)
  const folder = mkdtempSync(path.join(parent, `${PREFIX}${process.pid}-`))
  const claim = claimDataFolder(folder)
  return {
    path: folder,
    remove: () => {
      claim.release()
      remove(folder)
    },
  }
}
