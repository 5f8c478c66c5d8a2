/**
 * The folder of the socket that leads to an embedded database. A process that is killed leaves it in
 * the temporary directory, so each new one removes those on whose socket nobody listens any more:
 * the kernel knows that, whatever namespace the listener is in.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PREFIX = 'chx-'
const SOCKET = '.s.PGSQL.5432' // as PostgreSQL's clients expect it
/** A socket's path may have about 100 characters: where the temporary folder is deep, /tmp is used. */
const BASE_CHARACTERS_MAX = 60
/** A younger folder may be one whose socket is not there yet. */
const AGE_MS_MIN = 60_000
/** So that no start takes long after very many kills. */
const SWEPT_MAX = 100

/** Null where there are no Unix sockets. */
export type SocketFolder = Readonly<{
  folder: string
  socketPath: string
  remove: () => void
}> | null

/** A folder for a new socket, and those of the dead are gone. */
export const makeSocketFolder = async (base: string = baseFolder()): Promise<SocketFolder> => {
  if (process.platform === 'win32') return null
  await sweep(base)
  const folder = mkdtempSync(join(base, PREFIX))
  return {
    folder,
    socketPath: join(folder, SOCKET),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const baseFolder = (): string => (tmpdir().length <= BASE_CHARACTERS_MAX ? tmpdir() : '/tmp')

const sweep = async (base: string): Promise<void> => {
  const candidates = readdirSync(base).filter((name) => /^chx-[A-Za-z0-9]{6}$/.test(name))
  for (const name of candidates.slice(0, SWEPT_MAX)) {
    const folder = join(base, name)
    if (await isLeft(folder)) removeLeft(folder)
  }
}

/** Whether it is a folder of ours, old enough, with nothing in it but a socket that is dead. */
const isLeft = async (folder: string): Promise<boolean> => {
  try {
    const { uid, mtimeMs } = lstatSync(folder)
    if (uid !== process.getuid?.() || Date.now() - mtimeMs < AGE_MS_MIN) return false
    const entries = readdirSync(folder)
    if (entries.length === 0) return true
    const socketPath = join(folder, SOCKET)
    const isOurs = entries.length === 1 && entries[0] === SOCKET && statSync(socketPath).isSocket()
    return isOurs && (await isDead(socketPath))
  } catch {
    return false // it is gone, or not ours to read: another process sweeps, too
  }
}

const isDead = (socketPath: string): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = createConnection(socketPath)
  socket.once('connect', () => resolve(false))
  socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  return promise.finally(() => socket.destroy())
}

const removeLeft = (folder: string): void => {
  try {
    rmSync(folder, { recursive: true, force: true })
  } catch {
    // Another process was faster, or the rights are gone: nothing depends on it.
  }
}
