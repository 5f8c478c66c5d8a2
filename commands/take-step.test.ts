import { describe, expect, it } from 'vitest'
import { RetryableError } from '../domain/errors.ts'
import { createMemoryEventLog } from '../infra/memory/event-log.testing.ts'
import type { CommandStep } from './command/command.ts'
import { expire, request, sign, submit } from './command/steps.testing.ts'
import { commandStream } from './command/stream.ts'
import { handle } from './handle.ts'
import { createPendingCommands, type PendingCommand } from './pending.ts'
import { takeStep } from './take-step.ts'

const ID = '00000000-0000-4000-8000-000000000001'
/** A command that was requested, as the view knows it; another writer has since taken steps. */
const sceneAfter = async (...others: readonly CommandStep[]) => {
  const log = createMemoryEventLog()
  const pending = createPendingCommands(10)
  const on = commandStream(log, ID)
  await handle(on, request())
  for (const event of await log.readCategory('command', { afterLogPosition: -1, limit: 10 }))
    pending.observe(event)
  const [command] = pending.all()
  for (const step of others) await handle(on, step)
  return { log, pending, command: command as PendingCommand } // it was just requested
}

describe('a step of the write side', () => {
  it('is in the log and in the view', async () => {
    const { log, pending, command } = await sceneAfter()
    expect(await takeStep(log, pending, command, sign('0x77'))).toMatchObject({ name: 'SIGNED' })
    expect(pending.byTransaction('0x77')).toMatchObject({ id: ID, loaded: { revision: 1 } })
    expect(await log.head(`command-${ID}`)).toBe(1)
  })

  it('goes on from what another writer did, of which the view has not heard', async () => {
    const { log, pending, command } = await sceneAfter(sign('0x77'))
    expect(await takeStep(log, pending, command, submit('0x77'))).toMatchObject({
      name: 'SUBMITTED',
    })
    expect(pending.byTransaction('0x77')).toMatchObject({ loaded: { revision: 2 } })
  })

  it('that another writer has made impossible only brings the view up to date', async () => {
    const { log, pending, command } = await sceneAfter(expire)
    expect(await takeStep(log, pending, command, sign('0x77'))).toMatchObject({ name: 'EXPIRED' })
    expect(pending.all()).toEqual([])
    expect(await log.head(`command-${ID}`)).toBe(1)
  })

  it('that fails is unknown to the view, and can be taken again', async () => {
    const { log, pending, command } = await sceneAfter()
    const lossy = {
      ...log,
      append: async (...append: Parameters<typeof log.append>) => {
        await log.append(...append)
        throw new RetryableError('the answer was lost')
      },
    }
    await expect(takeStep(lossy, pending, command, sign('0x77'))).rejects.toThrow(RetryableError)
    expect(pending.all()).toEqual([command])
    expect(await takeStep(log, pending, command, sign('0x77'))).toMatchObject({ name: 'SIGNED' })
    expect(pending.byTransaction('0x77')).toMatchObject({ loaded: { revision: 1 } })
    expect(await log.head(`command-${ID}`)).toBe(1)
  })
})
