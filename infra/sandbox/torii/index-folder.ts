/**
 * The folder of a Torii's index: created at each start, named after its process, and removed with
 * it.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const PREFIX = 'chronohex-torii-'
const OWNER = new RegExp(`^${PREFIX}(\\d+)-`)

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0) // signal 0 only asks
  } catch (error) {
    // The process belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true })

/**
 * An index may have gigabytes, so folders of killed processes are removed here and not left until
 * the machine restarts.
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
