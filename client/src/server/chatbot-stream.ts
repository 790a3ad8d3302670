// An answer as it is made, word by word (`chatbot_*`, `contracts/commerce.md` section 3).

import type { EventStream, StreamOptions } from './event-stream.js'
import type { Result } from './result.js'
import { names } from '../names.js'

const { server } = names.commerce
/** Longest answer, in characters; what comes behind is not asked for. */
const MOST_CHARACTERS = 1_000_000

export interface ChatbotOptions extends StreamOptions {
  /** What the user is told if the answer cannot be made. Default: `Sorry, that did not work. Please try again.` */
  excuse?: string
}

const now = (): string => new Date().toISOString()

export async function streamChatbotOver(
  stream: EventStream,
  userId: string,
  message: string,
  tokens: AsyncIterable<string> | Iterable<string>,
  { excuse = 'Sorry, that did not work. Please try again.', signal }: ChatbotOptions = {},
): Promise<Result<string>> {
  let response = ''
  stream.emit(server.chatbot_started, { userId, message, timestamp: now() })
  try {
    for await (const token of tokens) {
      response += token
      // Nobody hears it any more: leaving the loop ends the source.
      if (!stream.emit(server.chatbot_token, { userId, token, timestamp: now() })) break
      if (response.length >= MOST_CHARACTERS) break
    }
  } catch (cause) {
    stream.emit(server.chatbot_error, {
      userId,
      error: excuse,
      errorType: cause instanceof Error ? cause.name : 'Error',
      timeout: signal?.aborted === true || (cause instanceof Error && cause.name === 'TimeoutError'),
      partialResponse: response,
      timestamp: now(),
    })
    await stream.done()
    throw cause
  }
  stream.emit(server.chatbot_completed, { userId, response, timestamp: now() })
  const sent = await stream.done()
  return sent.ok ? { ok: true, value: response } : sent
}
