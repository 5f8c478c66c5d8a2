/**
 * Emmett's event store on PostgreSQL, as a peer to compare with. It is installed into the folder
 * `peers` by the first benchmark that needs it, at the versions of the lockfile there; nothing else
 * of the project knows it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { FatalError } from '../../../domain/errors.ts'
import type { NewEvent } from '../../../domain/event-log/event-log.ts'

export type Emmett = Readonly<{
  /**
   * Appends after `last`, the position that the append before returned; undefined: the stream is
   * new.
   */
  append: (stream: string, last: bigint | undefined, events: readonly NewEvent[]) => Promise<bigint>
  close: () => Promise<void>
}>

/** The part of Emmett's interface that is used here. */
type EmmettModule = Readonly<{
  getPostgreSQLEventStore: (url: string) => Readonly<{
    schema: Readonly<{ migrate: () => Promise<unknown> }>
    appendToStream: (
      stream: string,
      events: readonly Readonly<{ type: string; data: unknown; metadata: unknown }>[],
      options: Readonly<{ expectedStreamVersion?: bigint }>,
    ) => Promise<Readonly<{ nextExpectedStreamVersion: bigint }>>
    close: () => Promise<void>
  }>
}>

/**
 * Opens it on a database, where it makes its tables (`emt_…`) in the schema that the URL's search
 * path names.
 */
export const openEmmett = async (url: string): Promise<Emmett> => {
  const { getPostgreSQLEventStore }: EmmettModule = await import(
    pathToFileURL(installedEntry()).href
  )
  const store = getPostgreSQLEventStore(url)
  await store.schema.migrate()
  return {
    append: async (stream, last, events) => {
      const messages = events.map(({ type, data, meta }) => ({ type, data, metadata: meta }))
      const expected = last === undefined ? {} : { expectedStreamVersion: last }
      return (await store.appendToStream(stream, messages, expected)).nextExpectedStreamVersion
    },
    close: store.close,
  }
}

const installedEntry = (): string => {
  const folder = path.join(import.meta.dirname, 'peers')
  const entry = path.join(folder, 'node_modules/@event-driven-io/emmett-postgresql/dist/index.js')
  if (existsSync(entry)) return entry
  const { status, stderr, error } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    {
      cwd: folder,
      encoding: 'utf8',
      shell: process.platform === 'win32', // npm is a batch file there
    },
  )
  if (status !== 0)
    throw new FatalError(`Emmett could not be installed: ${error?.message ?? stderr.trim()}`)
  return entry
}
