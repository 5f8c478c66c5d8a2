/** The pipeline's crashes at every statement; `npm test` takes every fourth. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { FatalError } from '../../../domain/errors.ts'

const root = path.resolve(import.meta.dirname, '../../..')

/** Throws FatalError when a test fails; the runner has then printed which. */
export const everyStatementSoak = async (): Promise<void> => {
  const runner = path.join(root, 'node_modules/vitest/vitest.mjs')
  const run = spawn(process.execPath, [runner, 'run', 'infra/tools/soak/pipeline-crash.test.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHRONOHEX_TEST_EVERY_STATEMENT: '1' },
  })
  const [code] = await once(run, 'close')
  if (code !== 0) throw new FatalError('A crash at some statement was not survived')
}
