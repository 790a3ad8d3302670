// Quizzes in the app's database.
import 'server-only'
import { randomInt } from 'node:crypto'
import type { Row } from '@libsql/client'
import { database } from '../database'
import type { Question, Quiz } from './quiz'

/** No letters that are read as digits. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789'
const CODE_LENGTH = 6
const MOST_LISTED = 50

const newCode = () => Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')

function fromRow(row: Row): Quiz {
  return {
    code: String(row.code),
    title: String(row.title),
    hostId: String(row.host_id),
    questions: JSON.parse(String(row.questions)) as Question[],
    createdAt: String(row.created_at),
  }
}

/** As typed: case and spaces do not matter. */
export async function findQuiz(code: string): Promise<Quiz | null> {
  const typed = code.replaceAll(/\s/g, '').toUpperCase()
  const { rows } = await (await database()).execute({ sql: 'SELECT * FROM quizzes WHERE code = ?', args: [typed] })
  return rows[0] ? fromRow(rows[0]) : null
}

export async function quizzesOf(hostId: string): Promise<Quiz[]> {
  const sql = 'SELECT * FROM quizzes WHERE host_id = ? ORDER BY created_at DESC, code LIMIT ?'
  return (await (await database()).execute({ sql, args: [hostId, MOST_LISTED] })).rows.map(fromRow)
}

export async function addQuiz(hostId: string, { title, questions }: Pick<Quiz, 'title' | 'questions'>): Promise<Quiz> {
  const quiz = { code: newCode(), title, hostId, questions, createdAt: new Date().toISOString() }
  await (await database()).execute({
    sql: 'INSERT INTO quizzes (code, title, host_id, questions, created_at) VALUES (?, ?, ?, ?, ?)',
    args: [quiz.code, title, hostId, JSON.stringify(questions), quiz.createdAt],
  })
  return quiz
}
