/**
 * A copy of another chain's file, such as `sandbox generate` writes: for a world that goes on from
 * there. The file that is copied stays as it is.
 */
import { closeSync, openSync, readSync, rmSync } from 'node:fs'
import { backup, DatabaseSync } from 'node:sqlite'
import { FatalError, messageOf } from '../../../domain/errors.ts'
import { checkedRevision } from './file.ts'

const SIGN_BYTES = 16

/** What files of other kinds begin with, and what is to be done with them. */
const STRANGERS: readonly Readonly<{ sign: RegExp; advice: string }>[] = [
  {
    sign: /^(PAR1|\{)/,
    advice:
      'is an export of an event log, which holds what happened and no chain that could go on. Look into it as docs/exports.md says, or put it into a log: npm start -- log import --help',
  },
  { sign: /^(?!SQLite format 3\0)/, advice: 'is no chain; make one: npm start -- sandbox --help' },
]

const beginningOf = (file: string): string => {
  const handle = openSync(file, 'r')
  try {
    const bytes = Buffer.alloc(SIGN_BYTES)
    return bytes.toString('latin1', 0, readSync(handle, bytes))
  } finally {
    closeSync(handle)
  }
}

/**
 * Copies the chain in `file` to `target`, which is written anew. Throws FatalError, with advice for
 * the user, when the file is no whole chain, or another process has it open.
 */
export const copyChain = async (file: string, target: string): Promise<void> => {
  let source: DatabaseSync | undefined
  try {
    const beginning = beginningOf(file)
    const stranger = STRANGERS.find(({ sign }) => sign.test(beginning))
    if (stranger !== undefined) throw new FatalError(`${file} ${stranger.advice}.`)
    source = new DatabaseSync(file, { readOnly: true })
    checkedRevision(file, source)
    rmSync(target, { force: true })
    await backup(source, target)
  } catch (error) {
    if (error instanceof FatalError) throw error
    throw new FatalError(`The chain in ${file} cannot be copied: ${messageOf(error)}.`, {
      cause: error,
    })
  } finally {
    source?.close()
  }
}
