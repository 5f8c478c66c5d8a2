import { expect, it } from 'vitest'
import { onAllowedPort, refusalOfPort } from './fetch-ports.ts'

/** Why fetch itself fails; null when it went as far as to connect, or to try. */
const refusalOfFetch = async (port: number): Promise<string | null> => {
  const signal = AbortSignal.timeout(60_000)
  const failure = await fetch(`http://127.0.0.1:${port}/`, { signal }).catch(
    (error: Error) => error.cause,
  )
  return failure instanceof Error && failure.message === 'bad port' ? failure.message : null
}

const LOW_PORT_MAX = 1_100

it('a port is refused exactly where fetch refuses it', async () => {
  const low = Array.from({ length: LOW_PORT_MAX }, (_, at) => at + 1)
  const high = [1_719, 1_720, 1_723, 2_049, 3_659, 4_045, 4_190, 5_060, 5_061, 6_000, 6_566]
  const higher = [6_664, 6_665, 6_666, 6_667, 6_668, 6_669, 6_670, 6_679, 6_697, 10_080, 10_081]
  for (const port of [...low, ...high, ...higher])
    expect([port, refusalOfPort(port) !== null]).toEqual([
      port,
      (await refusalOfFetch(port)) !== null,
    ])
})

it('the ports of everyday are allowed, and 0, which picks one', () => {
  for (const port of [0, 80, 443, 3_000, 4_400, 5_050, 8_080, 65_535])
    expect(refusalOfPort(port)).toBeNull()
  expect(refusalOfPort(6_000)).toContain('port 6000')
})

it('a free port is picked again while it is a refused one, but not for ever', async () => {
  const picked = async (ports: readonly number[]) => {
    const left = [...ports]
    let stops = 0
    const { port } = await onAllowedPort(
      async () => ({ port: left.shift() ?? 6_000 }),
      async () => {
        stops += 1
      },
    )
    return { port, stops }
  }
  expect(await picked([40_000])).toEqual({ port: 40_000, stops: 0 })
  expect(await picked([6_000, 5_060, 40_000])).toEqual({ port: 40_000, stops: 2 })
  expect(await picked([])).toEqual({ port: 6_000, stops: 19 })
})
