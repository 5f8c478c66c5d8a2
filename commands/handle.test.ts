import { expect, it } from 'vitest'
import { FatalError } from '../domain/errors.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import { type CommandStep, commandDecider } from './command/command.ts'
import { handle, load } from './handle.ts'

const STREAM = 'command-00000000-0000-4000-8000-000000000001'
const request: CommandStep = {
  step: 'request',
  intent: { entrypoint: 'regenerate_energy', args: { adventurer_id: '0x1' }, account: '0xa' },
}

it('takes a step on what the stream holds, and finds it done when it is taken again', async () => {
  const log = createMemoryEventLog()
  const taken = await handle(log, commandDecider, STREAM, request)
  expect(taken).toMatchObject({ revision: 0 })
  expect(await handle(log, commandDecider, STREAM, request)).toMatchObject({ revision: 0 })
  expect(await load(log, commandDecider, STREAM)).toMatchObject({ revision: 0 })
})

it('decides nothing on a stream in which a newer program stored an event, because it cannot know what that says', async () => {
  const log = createMemoryEventLog()
  await handle(log, commandDecider, STREAM, request)
  const newer = {
    id: '00000000-0000-4000-8000-000000000002',
    type: 'CommandSigned',
    data: {},
    meta: { schemaVersion: 2 },
  }
  await log.append(STREAM, 0, [newer])
  const step = handle(log, commandDecider, STREAM, request)
  await expect(step).rejects.toThrow(FatalError)
  await expect(step).rejects.toThrow(
    `Revision 1 of ${STREAM}: CommandSigned was stored by a newer Chronohex`,
  )
  expect(await log.head(STREAM)).toBe(1)
})
