/**
 * One process per data folder. PGlite opens a folder that another process has open, and damages it,
 * so a claim is taken first: the newest of the files `claim-<n>.json` names the process that holds
 * the folder. A claim whose process is dead is void, and the process that creates the next number
 * holds the folder: creation is exclusive, so two that try at once cannot both win.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { FatalError, messageOf } from '../../domain/errors.ts'

/** Another process works in the folder. */
export class DataFolderInUse extends FatalError {
  override name = 'DataFolderInUse'
  /** The process that holds the folder; null while it is just starting. */
  readonly pid: number | null
  constructor(folder: string, pid: number | null) {
    super(
      `The data folder ${folder} is in use by ${pid === null ? 'another process' : `process ${pid}`}`,
    )
    this.pid = pid
  }
}

/** The folder cannot be made or written. */
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

/**
 * The process that made a claim. `startedAt` tells it from a later process with the same pid; null
 * where the system does not say.
 */
type Claimant = Readonly<{ pid: number; startedAt: string | null }>

/** An unreadable claim that is younger is one that is just being written. */
const CLAIM_WRITE_MS_MAX = 5_000
const CLAIM_RACES_MAX = 5

/**
 * Makes the folder if need be and claims it for this process. Throws `DataFolderInUse` or
 * `DataFolderUnusable`.
 */
export const claimDataFolder = (path: string): DataFolderClaim => {
  const folder = resolve(path)
  try {
    makeFolder(folder)
    for (let race = 0; race < CLAIM_RACES_MAX; race += 1) {
      const numbers = claimNumbers(folder)
      const newest = numbers.at(-1) ?? 0
      if (newest > 0) refuseHeldClaim(folder, newest)
      if (!createClaim(folder, newest + 1)) continue
      for (const number of numbers) rmSync(claimPath(folder, number), { force: true })
      return { folder, release: releaseOf(claimPath(folder, newest + 1)) }
    }
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new DataFolderUnusable(`The data folder ${folder} cannot be used: ${messageOf(error)}`, {
      cause: error,
    })
  }
  throw new DataFolderInUse(folder, null)
}

/**
 * Node's own `recursive` never returns below folders like /proc, which exist and yet answer that
 * they do not.
 */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return
  makeFolder(dirname(folder)) // ends at the root at the latest
  try {
    mkdirSync(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error // another process was faster
  }
}

const claimPath = (folder: string, number: number): string => join(folder, `claim-${number}.json`)

const claimNumbers = (folder: string): readonly number[] =>
  readdirSync(folder)
    .flatMap((name) => /^claim-(\d+)\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((a, b) => a - b)

const refuseHeldClaim = (folder: string, number: number): void => {
  const claimant = readClaim(claimPath(folder, number))
  if (claimant === 'released') return
  if (claimant === 'unreadable') throw new DataFolderInUse(folder, null)
  if (isRunning(claimant)) throw new DataFolderInUse(folder, claimant.pid)
}

/** False when another process created the same number first. */
const createClaim = (folder: string, number: number): boolean => {
  const claimant: Claimant = { pid: process.pid, startedAt: startOf(process.pid) }
  try {
    writeFileSync(claimPath(folder, number), JSON.stringify(claimant), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

// The file stays, marked as released: numbers must not start over while another process looks at
// the last one.
const releaseOf = (path: string): (() => void) => {
  let isHeld = true
  return () => {
    if (isHeld) writeFileSync(path, 'null')
    isHeld = false
  }
}

const readClaim = (path: string): Claimant | 'released' | 'unreadable' => {
  try {
    const claimant: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (claimant === null) return 'released'
    if (isClaimant(claimant)) return claimant
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'unreadable'
    if (!(error instanceof SyntaxError)) throw error
  }
  return Date.now() - statSync(path).mtimeMs < CLAIM_WRITE_MS_MAX ? 'unreadable' : 'released'
}

const isClaimant = (value: unknown): value is Claimant =>
  typeof value === 'object' &&
  value !== null &&
  'pid' in value &&
  typeof value.pid === 'number' &&
  'startedAt' in value

const isRunning = ({ pid, startedAt }: Claimant): boolean => {
  if (pid === process.pid) return startedAt === startOf(pid)
  try {
    process.kill(pid, 0) // sends nothing, only asks whether it could
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false // EPERM: it lives and belongs to somebody else
  }
  const startNow = startOf(pid)
  return startedAt === null || startNow === null || startNow === startedAt
}

/**
 * Boot and clock tick at which a process started, on Linux; null elsewhere or when there is no such
 * process.
 */
const startOf = (pid: number): string | null => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
    return `${boot}/${afterName.split(' ')[19] ?? ''}`
  } catch {
    return null // no /proc: the pid alone has to do
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined
