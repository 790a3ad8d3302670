// What contract `quiz` asks of an app's server, under its own names (`contracts/quiz.md` section 5), as `outrigger.quiz`: some of
// the names mean something else in other contracts.

import type { Emitted, UserDocument } from './answers.js'
import type { EmitOptions, UserEmitOptions } from './calls.js'
import { map, pathId as id, requestsOf } from './requests.js'
import type { Result } from './result.js'
import type { CallOptions, InternalApi } from './transport.js'

const CONTRACT = { contract: 'quiz' } as const

export type QuizStatus = 'waiting' | 'active' | 'completed'

export interface QuizQuestionDraft {
  /** Yours. */
  id: string
  /** The right answer, compared as JSON; texts are compared without regard to case. No client is told. */
  correct: unknown
  /** Whether `correct` is an array of which any one is right. */
  anyOf?: boolean
  /** What a right answer brings. Default 1. */
  points?: number
  /** Whole seconds to answer once it was asked; without it until the next one. */
  timeLimit?: number
}

export interface QuizDraft {
  title?: string
  /** Who leads it, beside creators and admins. */
  hostId?: string
  /** In their order, 1 to 500, each id once. */
  questions: readonly QuizQuestionDraft[]
}

export interface QuizRegistered {
  success: true
  quizId: string
  /** How many. */
  questions: number
}

export interface QuizLeaderboardRow {
  userId: string
  userName: string
  score: number
  questionsAnswered: number
  finished: boolean
  /** 1 for whoever leads; no two have the same. */
  rank: number
}

export interface QuizAskedQuestion {
  questionId: string
  /** From 0. */
  index: number
  total: number
  /** Seconds. */
  timeLimit?: number
  askedAt: string
  /** Until when it may be answered, by the sidecar's clock. */
  closesAt?: string
}

export interface QuizStartedAnswer {
  success: true
  quizId: string
  status: QuizStatus
  startTime: string
}

/** A question stands, or the one before was the last. */
export type QuizNextAnswer =
  | { success: true; quizId: string; status: 'active'; question: QuizAskedQuestion; leaderboard?: never }
  | { success: true; quizId: string; status: 'completed'; leaderboard: QuizLeaderboardRow[]; question?: never }

export interface QuizParticipantDocument {
  userId: string
  userName: string
  joinedAt: string
  score: number
  questionsAnswered: number
  finished: boolean
  /** Without having finished; counted no more until back. */
  left: boolean
}

export interface QuizSessionDocument {
  quizId: string
  title?: string
  hostId?: string
  /** Whether the app has told what its questions are. */
  registered: boolean
  status: QuizStatus
  createdAt: string
  startedAt?: string
  completedAt?: string
  /** The one that stands, or stood last. */
  question?: QuizAskedQuestion & { closed: boolean }
  participantCount: number
  participants: QuizParticipantDocument[]
}

export interface QuizAnswerDocument {
  userId: string
  questionId: string
  answer: unknown
  timeSpent?: number
  submittedAt: string
  points: number
}

export interface QuizAnswersPage {
  quizId: string
  answers: QuizAnswerDocument[]
  /** Where the next page begins; absent at the end. */
  next?: QuizAnswersAfter
}

export interface QuizAnswersAfter {
  afterUser: string
  afterQuestion: string
}

export interface QuizOnlineUserDocument {
  userId: string
  name: string
  status: string
  lastActivity: string
}

export interface QuizServerStatsDocument {
  connections: { totalConnections: number; currentConnections: number; peakConnections: number; lastPeak: string }
  onlineUsers: number
  activeRooms: number
  quizSessions: number
  /** Seconds. */
  uptime: number
  /** Bytes. */
  memoryUsage: { rss?: number }
  timestamp: string
}

export function quizCallsOf(api: InternalApi) {
  const { post, get } = requestsOf(api)
  const online = (options?: CallOptions) =>
    get<{ users: QuizOnlineUserDocument[]; count: number }>('/internal/quiz/online', options)

  return {
    /** Who is there, at most the first thousand by name. */
    getOnlineUsers: async (options?: CallOptions): Promise<Result<QuizOnlineUserDocument[]>> =>
      map(await online(options), ({ users }) => users),
    getOnlineUserCount: async (options?: CallOptions): Promise<Result<number>> =>
      map(await online(options), ({ count }) => count),
    getUserById: (userId: string, options?: CallOptions) => get<UserDocument>(`/internal/users/${id(userId)}`, options),
    /** Whether it reached a socket of theirs. */
    sendToUser: async (userId: string, event: string, data?: unknown, options?: UserEmitOptions): Promise<Result<boolean>> =>
      map(
        await post<Emitted>('/internal/send-to-user', { ...CONTRACT, userId, event, data }, options),
        ({ reached }) => reached.sockets > 0,
      ),
    /** `user-<id>`, `quiz-<id>`, or the name of a room. */
    broadcastToRoom: (roomId: string, event: string, data?: unknown, options?: EmitOptions) =>
      post<Emitted>('/internal/send-to-room', { ...CONTRACT, room: roomId, event, data }, options),
    broadcastToAll: (event: string, data?: unknown, options?: EmitOptions) =>
      post<Emitted>('/internal/send-to-all', { ...CONTRACT, event, data }, options),
    getServerStats: (options?: CallOptions) => get<QuizServerStatsDocument>('/internal/quiz/stats', options),

    /** Says what is asked and what is right, so that the sidecar can score it. Again: anew, unless it is being held. */
    registerQuiz: (quizId: string, quiz: QuizDraft, options?: CallOptions) =>
      post<QuizRegistered>('/internal/quiz/quizzes', { quizId, ...quiz }, options),
    startQuiz: (quizId: string, options?: CallOptions) =>
      post<QuizStartedAnswer>(`/internal/quiz/${id(quizId)}/start`, {}, options),
    /** Closes the question that stands and asks the next one; after the last one the quiz is over. */
    nextQuestion: (quizId: string, options?: CallOptions) =>
      post<QuizNextAnswer>(`/internal/quiz/${id(quizId)}/next`, {}, options),
    /** Ends the quiz; or with `userId` says that this participant has nothing more to answer. */
    finishQuiz: (quizId: string, options?: CallOptions & { userId?: string }) =>
      post<{ success: true; quizId: string; status: QuizStatus; leaderboard?: QuizLeaderboardRow[] }>(
        `/internal/quiz/${id(quizId)}/finish`,
        {},
        options,
      ),
    /** From now on answers do not change it. */
    setQuizScore: (quizId: string, userId: string, score: number, options?: CallOptions) =>
      post<{ success: true }>(`/internal/quiz/${id(quizId)}/score`, { userId, score }, options),
    /** `not-found` if it is not held, and ten minutes after it was. */
    getQuizSession: (quizId: string, options?: CallOptions) =>
      get<QuizSessionDocument>(`/internal/quiz/${id(quizId)}`, options),
    getLeaderboard: async (quizId: string, options?: CallOptions): Promise<Result<QuizLeaderboardRow[]>> =>
      map(
        await get<{ leaderboard: QuizLeaderboardRow[] }>(`/internal/quiz/${id(quizId)}/leaderboard`, options),
        ({ leaderboard }) => leaderboard,
      ),
    /** What was answered, a page of up to 500, with what each brings. */
    getAnswers: (quizId: string, after?: QuizAnswersAfter, options?: CallOptions) =>
      get<QuizAnswersPage>(
        `/internal/quiz/${id(quizId)}/answers${after ? `?${new URLSearchParams({ ...after }).toString()}` : ''}`,
        options,
      ),
  }
}

export type QuizCalls = ReturnType<typeof quizCallsOf>
