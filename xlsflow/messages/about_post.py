"""Sentences about the project folder, its settings, letters, mailboxes and robots."""

from __future__ import annotations

from collections.abc import Mapping

from xlsflow.messages.coded_message import CodedMessage, error

POST: Mapping[str, CodedMessage] = {
    # --- the project folder (project_folder/folder, system/file_lock) ---
    "no_project_folder": error(
        "{folder} 不是项目文件夹，也不在项目文件夹里；请先进入项目文件夹，或用 xlsflow init 文件夹名 新建一个，或写明路径。",
        "{folder} is not a project folder, nor inside one; change to a project folder, create one with xlsflow init FOLDER,"
        " or name the paths.",
    ),
    "paths_incomplete": error(
        "不在项目文件夹里用时，要写明 {missing}。", "Outside a project folder, please name {missing}."
    ),
    "already_running": error(
        "{folder} 里另有一个 xlsflow 正在运行；请等它结束后再试。",
        "Another xlsflow is at work in {folder}; please wait until it has ended.",
    ),
    "journal_unreadable": error(
        "这一轮的记录 {file} 读不出来（{reason}）；为免重复发信，什么都没有做，请先解决。",
        "The journal {file} cannot be read ({reason}). Nothing was done, lest letters be sent twice; please fix that first.",
    ),
    # --- xlsflow.toml (post/settings, post/secret) ---
    "settings_unreadable": error("设置文件 {file} 读不出来：{why}。", "The settings {file} cannot be read: {why}."),
    "setting_unknown": error("{file}：没有名为 {key} 的设置{near}。", "{file}: there is no setting {key}{near}."),
    "setting_wrong": error(
        "{file}：{key} 的值不对，应为 {wanted}。", "{file}: {key} has a wrong value; expected {wanted}."
    ),
    "setting_is_secret": error(
        "{file}：{key} 是机密，不能写在文件里；请删除它，改用环境变量或系统钥匙串（见 xlsflow/post/README）。",
        "{file}: {key} is a secret and must not stand in a file; remove it, and use the environment or the keyring (see"
        " xlsflow/post/README).",
    ),
    "secret_missing": error(
        "没有找到密码或密钥；请设置环境变量 {variable}，或运行：keyring set {service} “{entry}”（需 pip install xlsflow[mail]）。",
        "A password or key is missing; set the environment variable {variable}, or run: keyring set {service} “{entry}”"
        " (needs pip install xlsflow[mail]).",
    ),
    "no_server": error(
        "xlsflow.toml 里没有 [{section}] 一节；请填写服务器，示例见该文件。",
        "xlsflow.toml has no section [{section}]; please enter the server, as the file itself shows.",
    ),
    # --- letters (post/letter_texts, post/recipients) ---
    "letter_text_unreadable": error(
        "信件文本 {file} 读不出来（{why}）；请存为 UTF-8 文本。",
        "The text of letters {file} cannot be read ({why}); please save it as UTF-8 text.",
    ),
    "letter_text_no_subject": error(
        "信件文本 {file} 的第一行应以“主题：”开头。", "The first line of {file} must begin with “Subject:”."
    ),
    "letter_text_unknown_fact": error(
        "信件文本 {file} 第 {line} 行：不认识“{fact}”{near}。",
        "{file}, line {line}: “{fact}” is not known{near}.",
    ),
    "no_sender": error(
        "不知道用哪个邮箱发信；请在项目设置表填协调人联系方式（邮箱），或在 xlsflow.toml 的 [post] 里填 from。",
        "There is no address to send from; enter the coordinator's e-mail address as contact in the project workbook, or"
        " from in the section [post] of xlsflow.toml.",
    ),
    # --- servers (post/smtp, post/imap) ---
    "mail_unreachable": error(
        "邮件服务器 {server} 连不上（{why}）；已经做完的都有记录，稍后再运行一次即可继续。",
        "The mail server {server} cannot be reached ({why}). What is done is on record; run the command again later to go on.",
    ),
    "mail_login_refused": error(
        "邮件服务器 {server} 不接受用户 {user} 的登录（{why}）；请检查密码，许多邮箱要用“授权码”而不是登录密码。",
        "The mail server {server} does not let {user} in ({why}); check the password. Many providers ask for an app password.",
    ),
    "mail_certificate": error(
        "邮件服务器 {server} 的证书不可信（{why}）；如是公司内部证书，请在 xlsflow.toml 里用 ca_file 指明。",
        "The certificate of the mail server {server} is not trusted ({why}); if it is your firm's own, name it by ca_file in"
        " xlsflow.toml.",
    ),
    "mail_unsafe": error(
        "没有连接邮件服务器 {server}：它不提供加密或登录方式（{why}）；密码不会在未加密的连接上发送。",
        "Not connected to the mail server {server}: it offers no encryption or no way to log in ({why}); a password is never"
        " sent over an open connection.",
    ),
    "mail_folder_missing": error(
        "邮箱里没有文件夹“{folder}”（{why}）；现有：{known}。",
        "The mailbox has no folder “{folder}” ({why}); there are: {known}.",
    ),
    "mail_extra_missing": error(
        "这一步要用 {package}；请运行 pip install xlsflow[mail]。",
        "This needs {package}; please run pip install xlsflow[mail].",
    ),
    "mail_refused": error("邮件服务器 {server} 没有照办：{why}。", "The mail server {server} did not do it: {why}."),
    # --- what returns come in (post/containers, project_folder/collect) ---
    "mail_too_large": error(
        "邮件 {file} 太大（{size}），没有下载；请另行取出附件放进 inbox，或在 xlsflow.toml 的 [imap] 里调大 largest。",
        "The mail {file} is too large ({size}) and was not fetched; save its attachment into the inbox, or raise largest in the"
        " section [imap] of xlsflow.toml.",
    ),
    "container_too_deep": error(
        "“{file}”套了太多层，或文件太多，没有打开；请取出其中的表放进 inbox。",
        "“{file}” is nested too deeply or holds too many files, and was not opened; put the workbooks in it into the inbox.",
    ),
    "container_too_large": error(
        "“{file}”解开后过大，没有取出；如确是填报表，请让对方单独发送。",
        "“{file}” is too large once unpacked and was not taken out; if it is a return, please ask for it by itself.",
    ),
    "container_damaged": error(
        "“{file}”已损坏，打不开；请让对方重新发送。",
        "“{file}” is damaged and cannot be opened; please ask for it again.",
    ),
    "container_password": error(
        "压缩包里的“{file}”有密码，没有取出；请让对方发送不加密的文件。",
        "“{file}” in an archive needs a password and was not taken out; please ask for it without one.",
    ),
    # --- robots (post/robots) ---
    "no_such_robot": error(
        "xlsflow.toml 里没有机器人“{name}”{near}；请加一节 [robots.{name}]。",
        "xlsflow.toml has no robot “{name}”{near}; add a section [robots.{name}].",
    ),
    "robot_address_wrong": error(
        "机器人“{name}”的地址不能用：要以 https:// 开头。",
        "The address of the robot “{name}” cannot be used: it must begin with https://.",
    ),
    "robot_refused": error(
        "机器人“{name}”没有发出消息：{why}。", "The robot “{name}” did not post the message: {why}."
    ),
}
