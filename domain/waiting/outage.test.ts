import { expect, it } from 'vitest'
import { RetryableError } from '../errors.ts'
import { createOutages } from './outage.ts'

const away = { error: new RetryableError('no connection to the server') }

/** An outage on a clock that the test moves, and what it has said. */
const listening = () => {
  const lines: string[] = []
  const clock = { ms: 0 }
  const outages = createOutages(
    (line) => lines.push(line),
    () => clock.ms,
  )
  const outage = outages.of('Event log')
  return { lines, clock, outage }
}

it('says an outage once, then at growing intervals with a count, and once that it has ended', () => {
  const { lines, clock, outage } = listening()
  for (; clock.ms < 600_000; clock.ms += 200) outage.onRetry(away)
  outage.onRecovered()
  expect(lines).toEqual([
    'Event log: no connection to the server; trying again',
    'Event log: no connection to the server; trying again (failed 51 times in 10 s)',
    'Event log: no connection to the server; trying again (failed 151 times in 30 s)',
    'Event log: no connection to the server; trying again (failed 351 times in 1.2 min)',
    'Event log: no connection to the server; trying again (failed 751 times in 2.5 min)',
    'Event log: no connection to the server; trying again (failed 1551 times in 5.2 min)',
    'Event log: works again, failed 3000 times in 10 min',
  ])
})

it('takes failures that come and go for one outage, and says each end that it said the begin of', () => {
  const { lines, clock, outage } = listening()
  for (; clock.ms < 60_000; clock.ms += 200) {
    outage.onRetry(away)
    outage.onRecovered()
  }
  expect(lines).toEqual([
    'Event log: no connection to the server; trying again',
    'Event log: works again, failed once in 0 ms',
    'Event log: no connection to the server; trying again (failed 51 times in 10 s)',
    'Event log: works again, failed 51 times in 10 s',
    'Event log: no connection to the server; trying again (failed 151 times in 30 s)',
    'Event log: works again, failed 151 times in 30 s',
  ])
})

it('begins anew after a time without failures', () => {
  const { lines, clock, outage } = listening()
  outage.onRetry(away)
  outage.onRecovered()
  clock.ms = 3_600_000
  outage.onRetry(away)
  outage.onRecovered()
  outage.onRecovered()
  expect(lines.slice(2)).toEqual(lines.slice(0, 2))
  expect(lines).toHaveLength(4)
})

it('is shared by the loops of a part, and not by parts', () => {
  const lines: string[] = []
  const outages = createOutages(
    (line) => lines.push(line),
    () => 0,
  )
  for (const part of ['Ingest', 'Ingest', 'Read models']) outages.of(part).onRetry(away)
  outages.of('Ingest', 'another cause').onRetry({ error: new Error('wrong order') })
  expect(lines).toEqual([
    'Ingest: no connection to the server; trying again',
    'Read models: no connection to the server; trying again',
    'Ingest: wrong order; trying again',
  ])
})
