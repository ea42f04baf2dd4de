// A program of Windows in the tests: appcmd.exe, icacls.exe ... are copies of it. It asks the test, over TCP on loopback, what the
// program of its own name does: it sends its name, folder, raw command line and arguments, and ends with the exit code and
// the output that come back. The output is written in the code page of the answer, by Windows's own conversion.
// Question: the number of fields and, for each, its length in bytes and its text in UTF-16LE; behind them what tar.exe and powershell.exe
// read from stdin. Answer: exit code and code page (0: bytes as they are), then the text in UTF-8. All numbers have 32 bits, the
// lowest byte first.
#ifndef UNICODE
#define UNICODE
#define _UNICODE
#endif
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

int _dowildcard = 0; // the C runtime of mingw would replace `*` by file names

static int fail(const char *what, unsigned long code) {
  char text[200];
  DWORD written;
  int length = snprintf(text, sizeof text, "stand-in: %s (%lu)\r\n", what, code);
  WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), text, length, &written, 0);
  return 13;
}

static void sendAll(SOCKET door, const void *bytes, int length) {
  for (int done = 0, sent; done < length; done += sent) {
    sent = send(door, (const char *)bytes + done, length - done, 0);
    if (sent <= 0) exit(fail("the test has closed the connection", WSAGetLastError()));
  }
}

static void sendField(SOCKET door, const wchar_t *text) {
  DWORD length = (DWORD)(wcslen(text) * sizeof *text);
  sendAll(door, &length, sizeof length);
  sendAll(door, text, length);
}

/** Programs whose input matters; the others leave it alone. */
static int readsInput(const wchar_t *self) {
  const wchar_t *name = wcsrchr(self, L'\\');
  name = name ? name + 1 : self;
  return _wcsicmp(name, L"tar.exe") == 0 || _wcsicmp(name, L"powershell.exe") == 0;
}

static void sendInput(SOCKET door) {
  static char bytes[65536];
  HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
  DWORD got;
  while (ReadFile(input, bytes, sizeof bytes, &got, 0) && got > 0) sendAll(door, bytes, got);
}

/** The whole answer; its length in *length. */
static char *receiveAll(SOCKET door, int *length) {
  int room = 65536, got = 0, more;
  char *answer = malloc(room);
  while ((more = recv(door, answer + got, room - got, 0)) > 0) {
    got += more;
    if (got == room) answer = realloc(answer, room *= 2);
  }
  *length = got;
  return answer;
}

static void print(UINT codePage, const char *text, int length) {
  HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);
  DWORD written;
  if (length == 0) return;
  if (codePage == 0 || codePage == CP_UTF8) {
    WriteFile(out, text, length, &written, 0);
    return;
  }
  wchar_t *wide = malloc(length * sizeof *wide);
  int count = MultiByteToWideChar(CP_UTF8, 0, text, length, wide, length);
  char *bytes = malloc(count * 4);
  int size = WideCharToMultiByte(codePage, 0, wide, count, bytes, count * 4, 0, 0);
  WriteFile(out, bytes, size, &written, 0);
}

int wmain(int argc, wchar_t **argv) {
  wchar_t number[20], self[MAX_PATH], folder[MAX_PATH];
  WSADATA data;
  if (GetEnvironmentVariableW(L"STAND_IN_PORT", number, 20) == 0) return fail("STAND_IN_PORT is not set", GetLastError());
  WSAStartup(MAKEWORD(2, 2), &data);
  SOCKET door = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  struct sockaddr_in address = {AF_INET, htons((u_short)_wtoi(number))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(door, (struct sockaddr *)&address, sizeof address) != 0) return fail("the test does not listen", WSAGetLastError());
  GetModuleFileNameW(0, self, MAX_PATH);
  GetCurrentDirectoryW(MAX_PATH, folder);
  DWORD fields = argc + 2; // argv without the program, and three more
  sendAll(door, &fields, sizeof fields);
  sendField(door, self);
  sendField(door, folder);
  sendField(door, GetCommandLineW());
  for (int index = 1; index < argc; index++) sendField(door, argv[index]);
  if (readsInput(self)) sendInput(door);
  shutdown(door, SD_SEND);
  int length;
  char *answer = receiveAll(door, &length);
  if (length < 8) return fail("the test gave no answer", length);
  DWORD head[2];
  memcpy(head, answer, sizeof head);
  print(head[1], answer + 8, length - 8);
  return (int)head[0];
}
