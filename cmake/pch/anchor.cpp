// Compiled once for each kind of precompiled header (cmake/Rooms.cmake); the rooms and programs of that kind use its header.
