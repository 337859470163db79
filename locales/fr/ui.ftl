ui-description = La réservation en ligne de ceux qui reçoivent.
ui-skip = Aller au contenu
ui-nav-page = Page
ui-nav-main = Principal
ui-nav-tabs = Rubriques principales
ui-nav-start = Accueil
ui-nav-calendar = Agenda
ui-nav-bookings = Réservations
ui-nav-pending = en attente de réponse
ui-nav-customers = Clients
ui-nav-business = Activité
ui-nav-services = Prestations
ui-nav-staff = Équipe
ui-nav-hours = Horaires
ui-nav-setup = Configuration
ui-nav-settings = Réglages
ui-nav-plan = Formule
ui-nav-more = Plus
ui-reconnecting = Reconnexion
ui-booking-new = Nouvelle réservation
ui-tenant-new = Ouvrir un autre établissement
ui-public-page = Voir votre page
ui-plan = { $plan ->
    [free] Formule gratuite
    [pro] Formule Pro
   *[enterprise] Formule Entreprise
}
ui-role = { $role ->
    [owner] Propriétaire
    [admin] Administrateur
    [manager] Responsable
    [staff] Membre de l’équipe
   *[viewer] Lecteur
}
ui-logout = Se déconnecter
ui-search = Trouver un client, une réservation, une prestation
ui-powered = Réservation en ligne par
ui-theme-dark = Passer en sombre
ui-theme-light = Passer en clair
ui-pages = Pages
ui-previous = Précédent
ui-next = Suivant
ui-optional = facultatif
ui-cancel = Annuler
ui-close = Fermer
ui-copied = Copié
ui-loading = Chargement
ui-keys = Raccourcis clavier
ui-keys-switch = Utiliser les raccourcis d’une seule lettre
ui-key-search = Rechercher
ui-key-today = Aujourd’hui
ui-key-days = Avancer et reculer dans l’agenda
ui-key-views = Jour, semaine, mois, liste
ui-key-move = Déplacer la réservation choisie
ui-key-resize = Changer sa fin
ui-errors = { $count ->
    [one] Il reste un point à corriger
   *[other] Il reste { $count } points à corriger
}

# Ce qui ne va pas dans un champ. $field est le nom du champ, $code la nature de l’erreur.
flaw = { $field ->
    [file] { $code ->
        [REQUIRED] Choisissez une image.
        [PICTURE_TOO_LARGE] Cette image pèse plus de 10 Mo. Choisissez-en une plus légère.
        [PICTURE_TOO_MANY_PIXELS] Cette image est trop grande : 40 millions de pixels au plus.
        [PICTURE_SHAPE] Cette image est trop petite ou trop étroite.
        [PICTURE_BROKEN] Ce fichier est endommagé ou incomplet.
       *[other] Ce fichier n’est pas une image JPEG, PNG, WebP ou GIF.
    }
    [table] { $code ->
        [REQUIRED] Choisissez un fichier.
        [TABLE_TOO_LARGE] Ce fichier dépasse 10 Mo. Coupez-le en deux.
        [TABLE_EMPTY] Ce fichier n’a aucune ligne sous le nom de ses colonnes.
        [TABLE_TOO_MANY_ROWS] Ce fichier a plus de 50 000 lignes. Coupez-le en deux.
        [TABLE_TOO_MANY_COLUMNS] Ce fichier a plus de 60 colonnes. Retirez celles qui sont inutiles.
       *[other] Ce n’est pas un fichier CSV. Dans Excel, choisissez « Enregistrer sous », puis « CSV UTF-8 ».
    }
    [fields] { $code ->
        [NO_EMAIL] Dites quelle colonne contient l’e-mail.
        [NO_NAME] Dites quelle colonne contient le nom.
       *[other] Deux colonnes ne peuvent pas dire la même chose.
    }
    [tags] { $code ->
        [TOO_MANY] 20 étiquettes au plus.
       *[other] 40 caractères au plus par étiquette, séparées par des virgules.
    }
    [keep] Choisissez la fiche à garder.
    [sure] Cochez la case pour confirmer.
    [ics] { $code ->
        [REQUIRED] Choisissez un fichier.
        [TOO_LONG] Ce fichier dépasse 5 Mo, ou a trop d’événements.
        [TOO_MANY] Ce fichier dépasse 5 Mo, ou a trop d’événements.
       *[other] Ce fichier n’est pas un agenda.
    }
    [email] { $code ->
        [REQUIRED] Indiquez une adresse e-mail.
        [SAME] C’est déjà votre adresse.
       *[other] Indiquez une adresse e-mail complète, par exemple camille@example.com.
    }
    [phone] Indiquez un numéro de téléphone complet, par exemple 06 12 34 56 78.
    [password] { $code ->
        [REQUIRED] Indiquez un mot de passe.
        [GUESSABLE] Trop facile à deviner. Assemblez quelques mots qui ne vont pas ensemble.
        [TOO_LONG] 200 caractères au plus.
       *[other] Choisissez un mot de passe plus long : au moins 10 caractères.
    }
    [code] Ce code est faux, ou a déjà servi.
    [removal_password] Ce n’est pas votre mot de passe.
    [current_password] Ce n’est pas votre mot de passe.
    [issuer] { $code ->
        [UNREACHABLE] Aucun fournisseur ne répond à cette adresse, ou il en nomme une autre.
       *[other] Ce n’est pas l’adresse d’un fournisseur, comme https://login.example.com.
    }
    [domains] Au plus 20 domaines, comme example.com, séparés par des virgules.
    [business] Saisissez l’adresse publique de votre entreprise, comme salon-lea.
    [support_reason] { $code ->
        [INVALID] 500 caractères au plus, sans caractères de contrôle.
       *[other] Dites pourquoi en 10 caractères au moins : ses membres le lisent.
    }
    [start] Choisissez un horaire.
    [staff_id] Choisissez une personne.
    [full_name] Indiquez votre nom.
    [tenant_name] Indiquez le nom de l’établissement.
    [name] Indiquez un nom.
    [slug] { $code ->
        [TAKEN] Cette adresse est prise. Choisissez-en une autre.
       *[other] De 2 à 63 lettres minuscules, chiffres et tirets simples. Certains mots sont réservés.
    }
    [origins] { $code ->
        [TOO_MANY] Dix adresses au plus.
        [INSECURE] L’adresse doit commencer par https://.
        [HAS_PATH] Retirez ce qui suit le nom du site : https://www.example.com.
        [WILDCARD] Écrivez chaque adresse en entier, sans *.
       *[other] Indiquez l’adresse d’un site, comme https://www.example.com.
    }
    [price] Indiquez un montant, comme 48 ou 48,50.
    [deposit] Indiquez un pourcentage de 0 à 100.
    [duration] Indiquez de 5 à 1440 minutes, battements compris.
   *[other] { $code ->
        [REQUIRED] Ce champ ne peut pas rester vide.
        [TOO_LONG] C’est trop long.
        [OUT_OF_RANGE] Cette valeur est hors limites.
        [UNKNOWN] Cet élément n’existe plus.
        [BACKWARDS] La fin doit venir après le début.
       *[other] Cette valeur n’est pas valable.
    }
}
# Ce qui ne va pas dans un formulaire entier.
flaw-code = { $code ->
    [VERSION_MISMATCH] Quelqu’un a modifié ceci entre-temps. Vous voyez ci-dessous ce que vous avez saisi : comparez-le au nouvel état, puis enregistrez de nouveau.
    [SLOT_UNAVAILABLE] Cet horaire vient d’être pris. Choisissez-en un autre : votre saisie est conservée.
    [INVALID_CREDENTIALS] L’adresse e-mail ou le mot de passe est erroné.
    [TOTP_REQUIRED] Indiquez le code de votre application, ou un code de secours.
    [TOTP_INVALID] Ce code est faux, ou a déjà servi.
    [PASSKEY_INVALID] Cette clé d’accès n’a pas été acceptée. Réessayez, ou connectez-vous autrement.
    [PASSKEY_EXISTS] Cette clé d’accès est déjà enregistrée.
    [PASSKEYS_NOT_OFFERED] Il n’y a pas de clés d’accès à cette adresse.
    [LINK_INVALID] C’était trop long. Recommencez.
    [ALREADY_MEMBER] Cette adresse est déjà celle d’un membre.
    [ALREADY_INVITED] Cette adresse est déjà invitée.
    [LAST_OWNER] Une entreprise a besoin d’un propriétaire : nommez-en d’abord un autre.
    [EMAIL_NOT_VERIFIED] Confirmez d’abord votre propre adresse e-mail.
    [SECOND_FACTOR_KEPT] Les opérateurs de la plateforme se connectent avec deux facteurs.
    [SECOND_FACTOR_REQUIRED] Activez d’abord la double authentification pour vous-même.
    [FORBIDDEN] Votre rôle ne le permet pas.
    [EMAIL_TAKEN] Un compte existe déjà avec cette adresse e-mail.
    [IDENTITY_TAKEN] Ce compte est déjà relié à quelqu’un d’autre.
    [PASSWORD_REQUIRED] Vous êtes entré par votre entreprise. Connectez-vous avec votre mot de passe pour cela.
    [SLUG_TAKEN] Cette adresse est prise. Choisissez-en une autre.
    [PLAN_LIMIT_REACHED] La limite de votre offre est atteinte.
    [PLAN_FEATURE_MISSING] Votre offre ne comprend pas cette fonction.
    [LAST_STAFF_MEMBER] Il faut que quelqu’un reste réservable.
    [TOO_MANY_REQUESTS] Trop de tentatives. Patientez quelques minutes, puis réessayez.
    [TOO_MANY_OF_THESE] Il y en a déjà trop.
    [BOOKING_NOT_CANCELLABLE] Cette réservation ne peut plus être annulée.
    [BOOKING_NOT_CONFIRMABLE] Cette réservation n’attend plus de réponse.
    [BOOKING_NOT_MOVABLE] Cette réservation ne peut plus être déplacée.
    [OUTSIDE_HOURS] Personne ne travaille à ce moment. Choisissez un autre horaire, ou dites que c’est en dehors des horaires.
    [GROUP_SESSION_FIXED] Une séance de groupe garde son horaire. Déplacez ses participants un par un.
    [BOOKING_NOT_CLOSABLE] On ne peut pas encore dire comment cette réservation s’est terminée.
    [CUSTOMER_EXISTS] Un client existe déjà avec cette adresse e-mail. Cherchez-le plutôt.
    [CONTACT_THE_BUSINESS] Cette réservation ne peut pas se faire en ligne. Contactez l’établissement.
    [IDEMPOTENCY_MISMATCH] Votre première réservation est faite. Renvoyez ce formulaire si vous en voulez une autre.
    [BOOKING_NOT_FOUND] Aucune réservation n’a ce code et cette adresse e-mail.
   *[other] Cela n’a pas pu être fait. Vérifiez votre saisie et réessayez.
}

refusal-title = { $kind ->
    [not-found] Cette page n’existe pas
    [too-many] Trop de demandes à la fois
    [forbidden] Cette page ne vous est pas ouverte
    [suspended] Cette entreprise n’est pas disponible pour le moment
    [stale] Cette page est trop ancienne
    [unsent] Il n’y a rien à voir ici
    [failed] Une erreur s’est produite de notre côté
   *[refused] Cela n’a pas pu être fait
}
refusal-lead = { $kind ->
    [not-found] L’adresse est peut-être incomplète, ou le lien n’est plus valable.
    [too-many] Patientez une minute, puis réessayez.
    [forbidden] Votre rôle ne le permet pas. Demandez à un propriétaire de l’établissement.
    [suspended] Rien ne peut être réservé ni changé ici pour l’instant. Ce qui est réservé tient, et le lien de la confirmation marche toujours.
    [stale] Vous avez rouvert une session ou changé d’établissement entre-temps, peut-être dans une autre fenêtre. Revenez en arrière, rechargez la page et renvoyez : rien n’a été enregistré.
    [unsent] Cette adresse ne reçoit que l’envoi d’un formulaire. Revenez à la page précédente.
    [failed] Réessayez dans un instant. Rien de ce qui était enregistré n’est perdu.
   *[refused] Une des valeurs envoyées n’est pas valable. Revenez en arrière et réessayez.
}
refusal-request = Si cela se reproduit, donnez-nous cette référence :
refusal-home = Retour à l’accueil
