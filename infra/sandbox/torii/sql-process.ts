/**
 * The process that runs what clients send to /sql. SQLite cannot be interrupted from the thread
 * that it runs in, so a statement that takes too long is ended together with its process, by
 * sql-runner.ts.
 */
import { FatalError } from '../../../domain/errors.ts'
import { openForStrangers, runStatements } from './sql-statement.ts'

const [, , file] = process.argv
if (file === undefined || process.send === undefined)
  throw new FatalError('sql-process.ts is started by sql-runner.ts')
const database = openForStrangers(file)
process.on('message', (sql: string) => process.send?.(runStatements(database, sql)))
process.once('disconnect', () => process.exit())
process.send('ready')
