import { expect, test } from 'vitest'
import { NEVER } from '../../../domain/waiting/pause.ts'
import { createQueryTurns } from './query-turns.ts'

test('queries run one after the other, and those whose clients have left do not run at all', async () => {
  const turns = createQueryTurns()
  const ran: string[] = []
  const leaving = new AbortController()
  const first = turns(async () => {
    ran.push('first')
    leaving.abort() // as the thread is told of while the first one holds it
    return 1
  }, NEVER)
  const second = turns(async () => ran.push('second'), leaving.signal)
  const third = turns(async () => ran.push('third'), NEVER)
  expect(await Promise.all([first, second, third])).toEqual([1, 'gone', 2])
  expect(ran).toEqual(['first', 'third'])
})

test('what is too much to wait is refused at once, and a failed query holds up none', async () => {
  const turns = createQueryTurns()
  const asked = Array.from({ length: 65 }, (_, at) =>
    turns(async () => {
      if (at === 0) throw new Error('a bug')
      return at
    }, NEVER),
  )
  const [failed, ...answered] = await Promise.allSettled(asked)
  expect(failed).toMatchObject({ status: 'rejected' })
  expect(answered.at(62)).toEqual({ status: 'fulfilled', value: 63 })
  expect(answered.at(63)).toEqual({ status: 'fulfilled', value: 'busy' })
  expect(await turns(async () => 'again', NEVER)).toBe('again')
})
