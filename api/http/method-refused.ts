import { refusalResponse } from '../errors.ts'

/** Answers a request to write what can only be read. */
export const methodRefused = (): Response => {
  const response = refusalResponse(405, 'BAD_REQUEST', 'Only GET is served here')
  response.headers.set('allow', 'GET, HEAD')
  return response
}
