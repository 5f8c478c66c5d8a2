/**
 * One process per data folder. PGlite opens a folder that another process has open, and damages it,
 * so the folder is held first, before anything in it is opened: by an exclusive transaction on a
 * small SQLite file, `lock.sqlite`. That is a lock of the kernel on the file itself. So it holds
 * against other containers and pid namespaces, over whichever path or mount the folder is reached,
 * and ends with its process however that ends. It does not reach over machines whose shared file
 * system does not pass locks on. `owner.json` beside it says who holds the folder, and decides
 * nothing.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { FatalError, messageOf } from '../../domain/errors.ts'
import { formerHolder, removeFormerClaims } from './former-claim.ts'
import { isOfThisNamespace, isRunning, ownMark, type ProcessMark } from './process-mark.ts'

/** Another process works in the folder. */
export class DataFolderInUse extends FatalError {
  override name = 'DataFolderInUse'
  /** `holder` says who it is, for messages; null: not known. */
  constructor(folder: string, holder: string | null) {
    super(`The data folder ${folder} is in use by ${holder ?? 'another process'}`)
  }
}

/** The folder cannot be made, written or locked. */
export class DataFolderUnusable extends FatalError {
  override name = 'DataFolderUnusable'
}

/** The right to use a data folder, until it is released or the process ends. */
export type DataFolderClaim = Readonly<{
  /** Absolute path of the claimed folder, which exists. */
  folder: string
  /** Gives the folder up; further calls do nothing. */
  release: () => void
}>

/** Holds the lock; it stays in the folder for ever. */
export const LOCK_FILE = 'lock.sqlite'
const OWNER_FILE = 'owner.json'

/** What `claimDataFolder` puts into a folder. */
export const isClaimFile = (name: string): boolean =>
  [LOCK_FILE, OWNER_FILE].includes(name) || /^claim-\d+\.json$/.test(name)

/** Of two that ask at the same moment, one may find the other half-way and has to ask again. */
const LOCK_WAIT_MS_MAX = 250
const SQLITE_BUSY = 5

/** A connection that nobody refers to would be closed, and its lock lost. */
const held = new Set<DatabaseSync>()

/**
 * Makes the folder if need be, for its owner alone, and claims it for this process. Throws
 * `DataFolderInUse` or `DataFolderUnusable`.
 */
export const claimDataFolder = (
  path: string,
  waitMsMax: number = LOCK_WAIT_MS_MAX,
): DataFolderClaim => {
  const folder = resolve(path)
  try {
    makeFolder(folder, { mode: 0o700 })
    const lock = lockedFile(folder, waitMsMax)
    try {
      const former = formerHolder(folder)
      if (former !== null) throw new DataFolderInUse(folder, `process ${former}`)
      removeFormerClaims(folder)
      writeOwner(folder)
    } catch (error) {
      lock.close()
      throw error
    }
    held.add(lock)
    return { folder, release: () => release(folder, lock) }
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new DataFolderUnusable(`The data folder ${folder} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
}

const release = (folder: string, lock: DatabaseSync): void => {
  if (!held.delete(lock)) return
  rmSync(join(folder, OWNER_FILE), { force: true })
  lock.close() // the file stays: two that lock different files of one name would both win
}

/**
 * Node's own `recursive` never returns below folders like /proc, which exist and yet answer that
 * they do not.
 */
const makeFolder = (folder: string, options: Readonly<{ mode?: number }> = {}): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder)) // ends at the root at the latest
  try {
    mkdirSync(folder, options)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error // another process was faster
  }
}

/**
 * The lock file with its exclusive transaction, in which nothing is ever written. No other code may
 * open the file: closing it anywhere in this process would end the lock.
 */
const lockedFile = (folder: string, timeout: number): DatabaseSync => {
  const lock = new DatabaseSync(join(folder, LOCK_FILE), { timeout })
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE') // no second file beside it
    return lock
  } catch (error) {
    lock.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY)
      throw new DataFolderInUse(folder, holderIn(folder))
    throw error
  }
}

const writeOwner = (folder: string): void =>
  writeFileSync(join(folder, OWNER_FILE), `${JSON.stringify(ownMark())}\n`, { mode: 0o600 })

const OWNER = z.object({
  pid: z.int().positive(),
  startedAt: z.string().nullable(),
  namespace: z.string().nullable(),
  host: z.string(),
})

/** Who holds the folder, in words; null while the holder has not written it down. */
const holderIn = (folder: string): string | null => {
  const owner = ownerIn(folder)
  if (owner === null) return null
  if (isOfThisNamespace(owner)) return isRunning(owner) ? `process ${owner.pid}` : null
  return `process ${owner.pid} of another container or pid namespace, on ${owner.host}`
}

const ownerIn = (folder: string): ProcessMark | null => {
  try {
    const text = readFileSync(join(folder, OWNER_FILE), 'utf8')
    return OWNER.safeParse(JSON.parse(text)).data ?? null
  } catch (error) {
    if (error instanceof SyntaxError || codeOf(error) === 'ENOENT') return null // being written
    throw error
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
