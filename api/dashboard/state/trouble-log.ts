/**
 * What goes wrong with the server, for those who look into the browser's console: a line when it
 * begins and a line when it is over, however often it is tried meanwhile.
 */
export type TroubleLog = Readonly<{
  say: (message: string) => void
  /** The server answers. */
  end: () => void
}>

/** A log in which nothing is wrong. */
export const createTroubleLog = (console: Pick<Console, 'warn' | 'info'>): TroubleLog => {
  let isGoingOn = false
  return {
    say: (message) => {
      if (!isGoingOn) console.warn(`Chronohex: ${message}. Trying again until it answers.`)
      isGoingOn = true
    },
    end: () => {
      if (isGoingOn) console.info('Chronohex: the server answers again.')
      isGoingOn = false
    },
  }
}
