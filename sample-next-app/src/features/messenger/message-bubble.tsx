import type { ChatMessage } from '@outrigger/client'
import { When } from '@/features/shell/when'
import styles from './thread.module.css'
import { isWaiting } from './waiting'

interface Props {
  readonly message: ChatMessage
  readonly author: string
  readonly onRetry: () => void
  readonly onDiscard: () => void
}

/** One message with its time and how far it got. */
export function MessageBubble({ message, author, onRetry, onDiscard }: Props) {
  const { direction, text, image, createdAt, delivery, error } = message
  return (
    <div className={styles.message} data-direction={direction} data-delivery={isWaiting(message) ? 'waiting' : delivery}>
      <span className="visually-hidden">{author}:</span>
      {image && <img className={styles.image} src={image} alt={`Image from ${author}`} />}
      {text && <div className={styles.bubble}>{text}</div>}
      <div className={styles.foot}>
        <When at={createdAt} time />
        {direction === 'out' && delivery === 'failed' ? (
          <>
            <span className={styles.failed}>Not sent{error ? `: ${error}` : ''}</span>
            <button type="button" onClick={onRetry}>
              Try again
            </button>
            <button type="button" onClick={onDiscard}>
              Discard
            </button>
          </>
        ) : (
          direction === 'out' && <span>{stateOf(message)}</span>
        )}
      </div>
    </div>
  )
}

function stateOf(message: ChatMessage): string {
  if (isWaiting(message)) return 'Stored, will be delivered'
  switch (message.delivery) {
    case 'waiting':
    case 'sending':
      return 'Sending…'
    case 'read':
      return 'Read'
    default:
      return 'Sent'
  }
}
