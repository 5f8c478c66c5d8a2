/**
 * The folder of a Torii's index: made anew at each start, named by its process, and gone with it.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const PREFIX = 'chronohex-torii-'
const OWNER = new RegExp(`^${PREFIX}(\\d+)-`)

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0) // which only asks
  } catch (error) {
    // It is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/**
 * An index may have gigabytes: those of processes that were killed are not left to the next restart
 * of the machine.
 */
const removeOrphans = (parent: string): void => {
  for (const name of readdirSync(parent)) {
    const pid = OWNER.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) remove(path.join(parent, name))
  }
}

/** A fresh folder below `parent`, and how to remove it. */
export const createIndexFolder = (
  parent = tmpdir(),
): Readonly<{ path: string; remove: () => void }> => {
  removeOrphans(parent)
  const folder = mkdtempSync(path.join(parent, `${PREFIX}${process.pid}-`))
  return { path: folder, remove: () => remove(folder) }
}
