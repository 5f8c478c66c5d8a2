/**
 * The process that runs the statements of clients of /sql. SQLite cannot be interrupted from its
 * own thread, so sql-runner.ts ends a statement that takes too long together with its process.
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
