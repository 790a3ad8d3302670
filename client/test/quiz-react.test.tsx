// The hooks of contracts `quiz` and `contacts` in React 19 under StrictMode: joined once, counted down, let go of in the end.

import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { page } from './support/page.js'
import { StrictMode, type ReactNode } from 'react'
import { renderToString } from 'react-dom/server'
import {
  OutriggerProvider,
  useContactQueue,
  useQuizPresence,
  useQuizSession,
  useRoomChat,
  useSupportChat,
  type UsedContactChat,
  type UsedContactQueue,
  type UsedQuizRoom,
  type UsedQuizSession,
  type UsedSupportChat,
} from '@outrigger/client/react'
import { until } from './support/until.js'
import { optionsOf, world, type Person } from './support/world.js'

const w = world({ RATE_LIMITS: 'off' })

async function someone(name: string, role: 'user' | 'admin' = 'user'): Promise<Person> {
  const who = w.person({ admin: role === 'admin' })
  await w.server.orThrow.upsertUser(who.userId, { email: who.email, name, role })
  return who
}

function show(who: Person | null, node: ReactNode): ReturnType<typeof page> {
  const here = page()
  const options = { ...optionsOf(who, w.sidecar.publicUrl), ...(who ? {} : { getToken: () => null }), userId: who?.userId ?? 'guest' }
  here.render(
    <StrictMode>
      <OutriggerProvider options={options}>{node}</OutriggerProvider>
    </StrictMode>,
  )
  return here
}

test('a host’s page and a player’s', async () => {
  const [host, ada] = [await someone('Host'), await someone('Ada')]
  const quizId = randomUUID()
  await w.server.orThrow.quiz.registerQuiz(quizId, { hostId: host.userId, questions: [{ id: 'q1', correct: 1, timeLimit: 2 }] })
  const pages: Record<string, UsedQuizSession> = {}
  const rooms: Record<string, UsedQuizRoom> = {}
  function Quiz({ name }: { name: string }): ReactNode {
    const session = useQuizSession(quizId)
    const room = useRoomChat('lobby', { contract: 'quiz' })
    pages[name] = session
    rooms[name] = room
    return (
      <p>
        {session.secondsLeft} {session.isClosed ? 'closed' : 'open'} {useQuizPresence().users.map((one) => one.name).join()}{' '}
        {room.messages.map(({ message }) => message).join()}
      </p>
    )
  }
  const [lead, hers] = [show(host, <Quiz name="host" />), show(ada, <Quiz name="ada" />)]
  const player = (): UsedQuizSession => pages['ada'] ?? assert.fail()
  await until('both', () => player().participantCount === 2 && rooms['ada']?.isJoined && rooms['host']?.isJoined)
  await until('names', () => hers.text().includes('Ada,Host'))
  await rooms['host']?.send('Ready?')
  await until('what was said', () => hers.text().includes('Ready?'))
  await pages['host']?.startQuiz()
  await pages['host']?.nextQuestion()
  await until('the clock', () => hers.text().startsWith('2 open'))
  player().answer(1)
  await until('one second', () => hers.text().startsWith('1 open'))
  await until('the end of it', () => hers.text().startsWith('0 closed'))
  assert.equal(player().answers['q1']?.state, 'saved')
  await pages['host']?.nextQuestion()
  await until('the score', () => player().leaderboard[0]?.score === 1)
  await until('the end at the host', () => pages['host']?.status === 'completed')
  hers.unmount()
  lead.unmount()
})

test('a guest’s widget and an admin’s queue', async () => {
  const root = await someone('Root', 'admin')
  let support: UsedSupportChat | undefined
  let queue: UsedContactQueue | undefined
  let chat: UsedContactChat | undefined
  function Widget(): ReactNode {
    support = useSupportChat()
    return <p>{support.messages.map(({ message }) => message).join()}</p>
  }
  function Chat({ id }: { id: string }): ReactNode {
    chat = useRoomChat(id, { contract: 'contacts' })
    return <p>{chat.isJoined ? 'in' : 'out'}</p>
  }
  function Desk(): ReactNode {
    queue = useContactQueue({ load: async () => ({ mine: [], taken: [] }) })
    const [mine] = queue.mine
    return mine ? <Chat id={mine.id} /> : <p>{queue.pending.length}</p>
  }
  const [widget, desk] = [show(null, <Widget />), show(root, <Desk />)]
  await until('both', () => support && queue?.isCurrent)
  await support?.submit({ name: 'Gwen', email: 'gwen@example.test', message: 'Help' })
  await until('it', () => desk.text() === '1')
  await queue?.claim(support?.contactId ?? assert.fail())
  await until('the chat', () => desk.text() === 'in')
  await chat?.send('Hello')
  await until('an answer', () => widget.text() === 'Hello')
  await support?.send('Hi')
  await until('both', () => chat?.messages.length === 2)
  widget.unmount()
  desk.unmount()
})

test('on a server nothing connects', () => {
  function Everything(): ReactNode {
    const session = useQuizSession('q')
    return [session.isJoined, String(session.secondsLeft), useSupportChat().contactId, useContactQueue().pending.length, useQuizPresence().count].join(' ')
  }
  const html = renderToString(
    <OutriggerProvider options={{ userId: 'nobody' }}>
      <Everything />
    </OutriggerProvider>,
  )
  assert.equal(html, 'false null  0 0')
})
