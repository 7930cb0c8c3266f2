// Weighing goes on without a net: the page holds every lot, what is typed is kept on the phone, and the whole weighing goes
// off under one key once there is a net. Without this file each lot is sent by itself, and the server keeps what was typed.

import { beginKept } from '../kept/begin.js'
import { weighHere } from './lots.js'

beginKept(weighHere)
