/**
 * Ports that fetch and browsers refuse to speak HTTP to, because other protocols live there: a server
 * on one of them runs and cannot be reached. The list is that of the Fetch standard, "bad port".
 */

const REFUSED_PORTS: ReadonlySet<number> = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
])

/** Why a server must not be put on this port; null when it may, as on 0, which picks a free one. */
export const refusalOfPort = (port: number): string | null =>
  port !== 0 && REFUSED_PORTS.has(port)
    ? `port ${port} is one that browsers and fetch refuse to connect to: choose another one, or 0 for any`
    : null

/** Of a range of ephemeral ports that someone chose, few can be refused ones in a row. */
const PICKS_MAX = 20

/**
 * Listens on a free port that the system picks, and again while that is a refused one. The last one
 * stays when there is no other.
 */
export const onAllowedPort = async <Listening extends Readonly<{ port: number }>>(
  listen: () => Promise<Listening>,
  stop: (listening: Listening) => Promise<void>,
): Promise<Listening> => {
  let listening = await listen()
  for (let pick = 1; pick < PICKS_MAX && refusalOfPort(listening.port) !== null; pick += 1) {
    await stop(listening)
    listening = await listen()
  }
  return listening
}
